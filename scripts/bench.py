#!/usr/bin/env python3
"""Measures qunfa on generated lists, beside its peers when ../shared/peers is there. Prints the table of docs/performance.md.

usage: scripts/bench.py [--rows 1000000] [--rounds 5] [--only plan,freeze,send,pace,reconcile,intake,start] [--work DIR]

Everything runs on this machine; traffic goes to the sandbox on 127.0.0.1, bounded in count and time. Commands are
interleaved (A B C A B C …) and compared by the median of the ratios within a round, because these machines are noisy.
"""
import argparse
import hashlib
import json
import multiprocessing
import os
import random
import re
import shutil
import statistics
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
QUNFA = os.environ.get("QUNFA") or os.path.join(ROOT, ".build/release/qunfa")
PEERS = os.environ.get("QUNFA_PEERS") or os.path.join(os.path.dirname(ROOT), "shared/peers")


def run(command, cwd=None, fine=(0, 4, 5)):
    """-> wall s, cpu s, peak MB of one command."""
    started = time.perf_counter()
    process = subprocess.Popen(command, cwd=cwd, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    errors = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in fine:
        sys.exit(f"{command}: exit {process.returncode}\n{errors.decode()[-800:]}")
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def interleave(commands, rounds, before=None, fine=(0, 4, 5)):
    """commands: {name: (argv, cwd)} -> {name: [(wall, cpu, mb), …]}; one round to warm up."""
    results = {name: [] for name in commands}
    for index in range(rounds + 1):
        for name, (argv, cwd) in commands.items():
            if before:
                before(name)
            os.sync()  # What the command before left to be written must not be paid by this one.
            measured = run(argv, cwd, fine)
            if index:
                results[name].append(measured)
    return results


def show(title, results, rows, base):
    print(f"\n### {title}\n\n| what | wall s | CPU s | peak MB | rows/s | ratio of wall times |\n|---|---|---|---|---|---|")
    first = [r[0] for r in results[base]]
    for name, measured in results.items():
        wall = statistics.median(r[0] for r in measured)
        ratio = statistics.median(r[0] / f for r, f in zip(measured, first))
        print(
            f"| {name} | {wall:.2f} | {statistics.median(r[1] for r in measured):.2f} | "
            f"{statistics.median(r[2] for r in measured):.0f} | {rows / wall:,.0f} | {ratio:.2f} |")


def generate(rows, folder):
    """A contact list like ../shared/peers/gen.py makes when that is absent: same shape, other numbers."""
    os.makedirs(folder, exist_ok=True)
    if os.path.exists(f"{folder}/contacts.csv"):
        return
    if os.path.exists(f"{PEERS}/gen.py"):
        subprocess.run([sys.executable, f"{PEERS}/gen.py", str(rows), folder], check=True)
        return
    rng = random.Random(7)
    names = "王李张刘陈杨黄赵吴周"
    with open(f"{folder}/contacts.csv", "w", encoding="utf-8", newline="") as file:
        file.write("mobile,name,date,amount,due,city\n")
        for row in range(rows):
            number = f"1{rng.randrange(3, 10)}{rng.randrange(10**9):09d}"
            written = number if rng.random() < 0.9 else f"+86 {number[:3]} {number[3:7]} {number[7:]}"
            if rng.random() < 0.008:
                written = number[:9]
            file.write(
                f"{written},{rng.choice(names)}{rng.choice(names)},2026-11-{rng.randrange(1, 29):02d},"
                f"{rng.randrange(1, 2000000) / 100:.2f},2026-12-{rng.randrange(1, 29):02d},上海\n")
    with open(f"{folder}/suppress.txt", "w") as file:
        for _ in range(rows // 10):
            file.write(f"1{rng.randrange(3, 10)}{rng.randrange(10**9):09d}\n")
    with open(f"{folder}/template.txt", "w", encoding="utf-8") as file:
        file.write("尊敬的{{name}}，您{{date}}的账单{{amount}}元，请于{{due}}前还清。如已还款请忽略。【示例银行】回T退订")


def workspace(folder, data, port, gateway="", campaign="", delivery="", identity="bench"):
    """A workspace that sends by Juhe at an unlimited pace unless told otherwise."""
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    suppression = f'[suppression]\nfiles = ["{data}/suppress.txt"]\n' if os.path.exists(f"{data}/suppress.txt") else ""
    settings = {"rate": "1000000", "requests": "100000", "concurrency": "8", "batch": "200"}
    settings.update(dict(line.split(" = ") for line in gateway.splitlines() if line))
    with open(f"{folder}/qunfa.toml", "w") as file:
        file.write(
            f'{suppression}[gateways.juhe]\nprotocol = "juhe"\nurl = "http://127.0.0.1:{port}"\naccount = "922011"\n'
            f'password = "sandbox-juhe"\nextno = "1069012345"\nprice = "0.035"\nregions = ["CN"]\n'
            + "".join(f"{key} = {value}\n" for key, value in settings.items()))
    os.chmod(f"{folder}/qunfa.toml", 0o600)
    with open(f"{folder}/campaign.toml", "w", encoding="utf-8") as file:
        file.write(
            f'id = "{identity}"\ngateways = ["juhe"]\nkind = "notice"\n[contacts]\nfiles = ["{data}/contacts.csv"]\n'
            f'phone = "mobile"\n[message]\ntemplate = "{data}/template.txt"\n{campaign}\n[delivery]\n{delivery}\n')


class Sandbox:
    def __init__(self, folder, faults="seed = 1\nmagic = false\n"):
        with open(f"{folder}/faults.toml", "w") as file:
            file.write(faults)
        self.process = subprocess.Popen(
            [QUNFA, "sandbox", "--port", "0", "--faults", f"{folder}/faults.toml"], stdout=subprocess.PIPE, text=True)
        self.port = int(re.search(r":(\d+)\s*$", self.process.stdout.readline()).group(1))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(20)

    def counts(self):
        import urllib.request
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(f"http://127.0.0.1:{self.port}/counts.json", timeout=10) as answer:
            return json.load(answer)["juhe"]


def bench_plan(args, data):
    folder = f"{args.work}/plan"
    workspace(folder, data, 1)
    commands = {"qunfa plan (plan.csv, rejected.csv)": ([QUNFA, "plan", "campaign.toml"], folder)}
    python = f"{args.work}/venv/bin/python"
    if os.path.isdir(PEERS):
        if not os.path.exists(python):
            subprocess.run([sys.executable, "-m", "venv", f"{args.work}/venv"], check=True)
            subprocess.run([python, "-m", "pip", "install", "-q", "-r", f"{PEERS}/requirements.txt"], check=True)
        commands["Polars"] = ([python, f"{PEERS}/plan_polars.py", data, f"{args.work}/polars.csv"], None)
        commands["DuckDB"] = ([python, f"{PEERS}/plan_duckdb.py", data, f"{args.work}/duckdb"], None)
        commands["Python"] = ([python, f"{PEERS}/plan_python.py", data, f"{args.work}/python.sqlite"], None)
    show(f"plan, {args.rows:,} rows", interleave(commands, args.rounds), args.rows, next(iter(commands)))


def freeze_once(folder):
    """Seconds until the frozen ledger has its name, which it gets when it is durable."""
    shutil.rmtree(f"{folder}/data", ignore_errors=True)
    started = time.perf_counter()
    process = subprocess.Popen(
        [QUNFA, "send", "--again", "campaign.toml"], cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while not os.path.exists(f"{folder}/data/campaigns/bench/ledger.db"):
        if process.poll() is not None or time.perf_counter() - started > 120:
            sys.exit("the ledger was not frozen")
        time.sleep(0.001)
    seconds = time.perf_counter() - started
    process.kill()
    process.wait()
    return seconds


def bench_freeze(args, data):
    folder = f"{args.work}/freeze"
    workspace(folder, data, 1, delivery="start = 2099-01-01T00:00:00+08:00")
    floors = {}
    if os.path.exists(f"{PEERS}/floors/insert.c"):
        run([QUNFA, "plan", "campaign.toml"], folder)
        finished = f"{args.work}/finished.tsv"
        import csv
        with open(f"{folder}/out/bench/plan.csv", encoding="utf-8-sig", newline="") as source, open(finished, "w") as out:
            for record in csv.DictReader(source):
                out.write(record["phone"] + "\t" + record["text"].replace("\n", " ") + "\n")
        for name, source, more in (
            ("C, a prepared INSERT a row, journal off", "insert", ["off", "off", "16384"]),
            ("C, INSERT … SELECT from a virtual table, journal off", "insert_vtab", ["16384"]),
        ):
            subprocess.run(
                ["gcc", "-O2", "-o", f"{args.work}/{source}", f"{PEERS}/floors/{source}.c", "-lsqlite3"], check=True)
            floors[name] = [f"{args.work}/{source}", finished, f"{args.work}/floor.sqlite"] + more
    ours, others = [], {name: [] for name in floors}
    for _ in range(args.rounds):
        ours.append(freeze_once(folder))
        for name, command in floors.items():
            others[name].append(run(command)[0])
    print(f"\n### the frozen ledger, {args.rows:,} rows\n\n| what | wall s | ratio |\n|---|---|---|")
    print(f"| `send`: read, judged, merged, planned, in the ledger, durable | {statistics.median(ours):.2f} | 1.00 |")
    for name, walls in others.items():
        ratio = statistics.median(other / own for other, own in zip(walls, ours))
        print(f"| {name} (rows finished before, no fsync) | {statistics.median(walls):.2f} | {ratio:.2f} |")


def bench_send(args, data):
    folder = f"{args.work}/send"
    os.makedirs(folder, exist_ok=True)
    with Sandbox(args.work) as sandbox:
        walls, cpus, counts = [], [], []
        for index in range(max(1, args.rounds // 2)):
            workspace(folder, data, sandbox.port, delivery="start = 2099-01-01T00:00:00+08:00")
            frozen = run([QUNFA, "send", "--again", "campaign.toml"], folder)
            text = open(f"{folder}/campaign.toml", encoding="utf-8").read()
            with open(f"{folder}/campaign.toml", "w", encoding="utf-8") as file:
                file.write(re.sub(r"start = .*\n", "", text))
            before = sandbox.counts()["accepted"]
            sent = run([QUNFA, "send", "campaign.toml"], folder)
            files = run([QUNFA, "send", "campaign.toml"], folder)
            accepted = sandbox.counts()["accepted"] - before
            walls.append(sent[0] - files[0])
            cpus.append(sent[1] - files[1])
            counts.append(accepted)
        wall, cpu, count = statistics.median(walls), statistics.median(cpus), counts[0]
    print(
        f"\n### send to the sandbox on the same two cores, unlimited pace, 200 a call, 8 in flight\n\n"
        f"{count:,} recipients accepted (second run sends none): {count / wall:,.0f} recipients/s; "
        f"client CPU {cpu / count * 1e6:.2f} µs a recipient (freezing and the result files taken off).")


def bench_pace(args, data):
    folder = f"{args.work}/pace"
    small = f"{args.work}/pace-data"
    generate(40_000, small)
    rate, seconds = 500, 30
    with Sandbox(args.work) as sandbox:
        workspace(folder, small, sandbox.port, "rate = 500\nbatch = 20\nrequests = 1000\nconcurrency = 4")
        process = subprocess.Popen([QUNFA, "send", "campaign.toml"], cwd=folder, stdout=subprocess.DEVNULL)
        time.sleep(3)
        first, started = sandbox.counts()["accepted"], time.monotonic()
        time.sleep(seconds)
        last, ended = sandbox.counts()["accepted"], time.monotonic()
        process.terminate()
        process.wait(30)
    measured = (last - first) / (ended - started)
    print(
        f"\n### pace\n\nConfigured {rate} messages/s, measured over {seconds} s: {measured:.1f}/s "
        f"({(measured / rate - 1) * 100:+.2f} %).")
    limit = 1000
    faults = f"seed = 1\nmagic = false\n[gateway.juhe]\nrate = {limit}\n"
    with Sandbox(args.work, faults) as sandbox:
        workspace(folder, small, sandbox.port, "rate = 5000\nbatch = 20\nrequests = 1000\nconcurrency = 4")
        process = subprocess.Popen([QUNFA, "send", "campaign.toml"], cwd=folder, stdout=subprocess.DEVNULL)
        time.sleep(6)
        first, started = sandbox.counts(), time.monotonic()
        time.sleep(24)
        last, ended = sandbox.counts(), time.monotonic()
        process.terminate()
        process.wait(60)
    used = (last["accepted"] - first["accepted"]) / (ended - started) / limit
    calls = last["submits"] - first["submits"]
    slowed = last["slow_downs"] - first["slow_downs"]
    print(
        f"Hidden limit of {limit}/s under a configured 5000/s: {used * 100:.1f} % of it used, "
        f"{slowed} slow-down answers in {calls} calls ({slowed / max(1, calls) * 100:.2f} %).")


def apart(function, *arguments):
    """Calls a function in a process of its own: a command that a big process starts counts that one's memory as its peak."""
    with multiprocessing.Pool(1) as pool:
        return pool.apply(function, arguments)


def reports(folder, seed=7):
    """Reports for the messages of a sent campaign, like ../shared/peers/gen_reports.py makes them: 0.3 % have none, 0.5 %
    two, 0.05 % name an unknown id. Writes data/reports.db and, for the peers, result.csv and reports.csv."""
    import csv
    import sqlite3
    rng = random.Random(seed)
    codes = ["DELIVRD"] * 95 + ["UNDELIV"] * 3 + ["EXPIRED", "REJECTD"]
    base, found, count = int(time.time()), [], 0
    os.makedirs(f"{folder}/peers", exist_ok=True)
    with open(f"{folder}/out/bench/result.csv", encoding="utf-8-sig", newline="") as source, \
            open(f"{folder}/peers/result.csv", "w") as result:
        result.write("seq,mobile,id\n")
        for count, record in enumerate(csv.DictReader(source), 1):
            identity, phone = record["message_id"], record["phone"]
            result.write(f"{count},{phone},{identity}\n")
            chance = rng.random()
            if chance < 0.003 or not identity:
                continue
            found.append((count + rng.randrange(50000), identity, phone, rng.choice(codes)))
            if chance > 0.995:
                found.append((count + 50000 + rng.randrange(50000), identity, phone, rng.choice(codes)))
            if chance > 0.9995:
                found.append((count, "9" + identity[1:], phone, "DELIVRD"))
    found.sort()
    span = count + 100001
    with open(f"{folder}/peers/reports.csv", "w") as out:
        out.write("id,mobile,status,time\n")
        for order, identity, phone, code in found:
            moment = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(base + order * 80000 // span))
            out.write(f"{identity},{phone},{code},{moment}\n")
    # The store as the intake fills it: a first, real one gives the tables.
    path = f"{folder}/data/reports.db"
    database = sqlite3.connect(path)
    database.executescript("DELETE FROM reports; DELETE FROM pages; DELETE FROM accounts;")
    database.execute("INSERT INTO accounts VALUES(1, 'juhe')")
    pages = (len(found) + 499) // 500
    database.executemany(
        "INSERT INTO pages VALUES(?, 1, 'pull', 'reports', ?, 's', ?, ?, 500, 0, '')",
        ((page + 1, base * 1000, page, page) for page in range(pages)))
    database.executemany(
        "INSERT INTO reports VALUES(?, ?, ?, 1, ?, ?, ?, ?, ?, '', '', '', NULL, 0, 0)",
        ((index + 1, index // 500 + 1, index % 500, base * 1000, (base + order * 80000 // span) * 1000, int("86" + phone),
          code, identity) for index, (order, identity, phone, code) in enumerate(found)))
    database.commit()
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    return count, len(found)


def bench_reconcile(args, data):
    folder = f"{args.work}/reconcile"
    os.makedirs(folder, exist_ok=True)
    with Sandbox(args.work) as sandbox:
        workspace(folder, data, sandbox.port)
        run([QUNFA, "send", "--again", "campaign.toml"], folder)
        run([QUNFA, "pull"], folder, fine=(0, 2, 4, 5, 6, 7, 8))
    if not os.path.exists(f"{folder}/data/reports.db"):
        sys.exit("no report store: 'qunfa pull' and 'qunfa reconcile' make it")
    messages, known = apart(reports, folder)
    commands = {"qunfa reconcile (three files, 19 columns a message)": ([QUNFA, "reconcile", "bench"], folder)}
    python = f"{args.work}/venv/bin/python"
    if os.path.isdir(PEERS):
        if not os.path.exists(python):
            subprocess.run([sys.executable, "-m", "venv", f"{args.work}/venv"], check=True)
            subprocess.run([python, "-m", "pip", "install", "-q", "-r", f"{PEERS}/requirements.txt"], check=True)
        for name, script in (("DuckDB", "duckdb"), ("Polars", "polars"), ("Python", "python")):
            commands[f"{name} (one file, 5 columns)"] = (
                [python, f"{PEERS}/reconcile_{script}.py", f"{folder}/peers", f"{args.work}/{script}.csv"], None)
    show(
        f"reconcile, {messages:,} messages × {known:,} reports",
        interleave(commands, args.rounds, fine=(0, 5, 8)), messages, next(iter(commands)))


def frame(kind, meta, payload=b""):
    """A frame of a spool file, as docs/operations.md describes it."""
    meta = json.dumps(meta, separators=(",", ":"))
    digest = hashlib.sha256(f"{kind} {len(payload)} {meta}\n".encode() + payload).hexdigest()[:16]
    return f"qunfa-spool {kind} {len(payload)} {digest} {meta}\n".encode() + payload + b"\n"


def spool(folder, count, pushed, seed=7):
    """Writes reports of the gateway juhe into the spool: answers to pulls with 500 each, or pushes with one each."""
    rng = random.Random(seed)
    os.makedirs(folder, mode=0o700)
    base = int(time.time()) - 3600
    moment = {"at": base * 10**9, "time": time.strftime("%Y-%m-%d %H:%M:%SZ", time.gmtime(base))}
    clock = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(base + 8 * 3600))
    push = {"account": "juhe", "method": "POST", "query": "", "content_type": "application/json"} | moment
    written, number, out, page = 1 << 30, 0, None, []
    for index in range(count):
        if written > 64 << 20:
            if out:
                out.close()
            number += 1
            label = "push" if pushed else "pull-juhe"
            out = open(f"{folder}/20261101T0000{number:02d}000-1-{label}.spool", "wb")
            os.chmod(out.name, 0o600)
            written = 0
        page.append(
            f'{{"flag":1,"mid":"{rng.getrandbits(64):016X}","spid":"922011","accessCode":"1069012345",'
            f'"mobile":"1{rng.randrange(3, 10)}{rng.randrange(10**9):09d}","stat":"DELIVRD","time":"{clock}"}}')
        if pushed:
            written += out.write(frame("push", push, f"[{page.pop()}]".encode()))
        elif len(page) == 500 or index == count - 1:
            answer = f'{{"status":"0","balance":1,"list":[{",".join(page)}]}}'.encode()
            page = []
            written += out.write(frame("fetch", {"account": "juhe", "kind": "reports"} | moment))
            for start in range(0, len(answer), 16384):
                written += out.write(frame("piece", {}, answer[start:start + 16384]))
            written += out.write(frame("end", {"status": 200, "whole": True} | moment))
    out.close()


def bench_intake(args, _):
    """A `plan` of one message, before which the whole spool is taken in."""
    small = f"{args.work}/intake-data"
    os.makedirs(small, exist_ok=True)
    for name, text in (("contacts.csv", "mobile\n13800138000\n"), ("template.txt", "您好【示例银行】")):
        with open(f"{small}/{name}", "w", encoding="utf-8") as file:
            file.write(text)
    commands = {}
    for name, pushed in (("pages of 500", False), ("pushes of one report", True)):
        folder = f"{args.work}/intake-{'push' if pushed else 'pull'}"
        workspace(folder, small, 1)
        os.makedirs(f"{folder}/data", mode=0o700)
        apart(spool, f"{folder}/data/spool", args.rows, pushed)
        commands[name] = ([QUNFA, "plan", "campaign.toml"], folder)

    def forget(name):
        for ending in ("", "-wal", "-shm"):
            path = f"{commands[name][1]}/data/reports.db{ending}"
            if os.path.exists(path):
                os.remove(path)

    results = interleave(commands, args.rounds, before=forget)
    import sqlite3
    for name, (_, folder) in commands.items():
        taken = sqlite3.connect(f"{folder}/data/reports.db").execute("SELECT count(*) FROM reports").fetchone()[0]
        if taken != args.rows:
            sys.exit(f"{name}: {taken} reports were taken in, {args.rows} are in the spool")
    show(f"intake, {args.rows:,} reports from the spool into reports.db", results, args.rows, next(iter(commands)))


def bench_start(args, _):
    times = []
    for _ in range(40):
        started = time.perf_counter()
        subprocess.run([QUNFA, "--help"], stdout=subprocess.DEVNULL, check=True)
        times.append(time.perf_counter() - started)
    print(f"\n### start-up\n\n`qunfa --help`: {statistics.median(times) * 1000:.1f} ms (median of {len(times)}).")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", default="plan,freeze,send,pace,reconcile,intake,start")
    parser.add_argument("--work", default=os.environ.get("QUNFA_BENCH", "/tmp/qunfa-bench"))
    args = parser.parse_args()
    os.makedirs(args.work, exist_ok=True)
    data = f"{args.work}/data-{args.rows}"
    generate(args.rows, data)
    print(f"qunfa bench, {args.rows:,} rows, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    if not os.path.isdir(PEERS):
        print("(../shared/peers is absent: only our own rows)")
    stages = {"plan": bench_plan, "freeze": bench_freeze, "send": bench_send, "pace": bench_pace,
              "reconcile": bench_reconcile, "intake": bench_intake, "start": bench_start}
    for stage in args.only.split(","):
        stages[stage](args, data)


main()
