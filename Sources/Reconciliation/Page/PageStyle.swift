/// How the page looks. Colours are those of one palette, each in a light and a dark shade; text on its background has a
/// contrast of at least 4.5 : 1, bars on theirs 3 : 1 (WCAG 2.2, 1.4.3 and 1.4.11).
enum PageStyle {
  static let css: Markup = """

    :root { --page: #f4f6f8; --card: #fff; --ink: #17212e; --muted: #566373; --rule: #e1e6ec; --rail: #eef1f5;
      --blue: #2f6db5; --good: #23856b; --wait: #8a97a8; --warn: #c17d11; --bad: #c2453d; --odd: #7d5bbe; --idle: #9aa6b5;
      --alert: #fdf0ee; --shadow: 0 1px 2px rgb(20 30 50 / .06), 0 4px 14px rgb(20 30 50 / .04); }
    @media (prefers-color-scheme: dark) {
      :root { --page: #11161d; --card: #1a212b; --ink: #e7ecf2; --muted: #a0adbd; --rule: #2d3744; --rail: #242d39;
        --blue: #6aa5e8; --good: #4dbb9a; --wait: #8190a3; --warn: #dda442; --bad: #ea7c72; --odd: #b296e6; --idle: #748295;
        --alert: #3a2220; --shadow: none; } }
    * { box-sizing: border-box; }
    html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
    body { margin: 0; background: var(--page); color: var(--ink); font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto,
      "PingFang SC", "Hiragino Sans GB", "Microsoft YaHei", "Noto Sans CJK SC", "Noto Sans SC", "Noto Sans", sans-serif;
      overflow-wrap: break-word; }
    bdi, code { overflow-wrap: anywhere; }
    th .zh, .key .zh { white-space: nowrap; }
    main { max-width: 1120px; margin: 0 auto; padding: 32px 20px 40px; }
    h1, h2, p, dl, dd, table { margin: 0; }
    h1 { font-size: clamp(24px, 4vw, 34px); line-height: 1.25; font-weight: 680; letter-spacing: -.01em; }
    h2 { font-size: 17px; font-weight: 640; line-height: 1.35; }
    .zh { color: var(--muted); font-weight: 400; font-size: .88em; }
    b, .strong { font-weight: 650; }
    .muted { color: var(--muted); }
    .tiny { font-size: 12px; }
    .kind { color: var(--blue); font-weight: 600; margin-bottom: 4px; }
    .facts { display: flex; flex-wrap: wrap; gap: 10px 26px; margin: 16px 0; }
    .facts dt { color: var(--muted); font-size: 12.5px; }
    .facts dd { font-variant-numeric: tabular-nums; }
    .lede { font-size: 17px; max-width: 860px; margin: 0 0 22px; }
    .lede .zh { display: block; font-size: 15px; margin-top: 2px; }
    .alert { background: var(--alert); border-left: 4px solid var(--bad); padding: 12px 16px; border-radius: 6px;
      margin: 0 0 20px; }
    section { background: var(--card); border-radius: 12px; padding: 20px 22px; margin: 0 0 18px; box-shadow: var(--shadow);
      min-width: 0; }
    section > h2 { margin-bottom: 12px; }
    section > h2:has(+ .note) { margin-bottom: 2px; }
    .note { color: var(--muted); font-size: 13px; margin-bottom: 14px; }
    .empty { color: var(--muted); padding: 10px 0; }
    .keys { background: none; box-shadow: none; padding: 0; display: grid; gap: 12px;
      grid-template-columns: repeat(4, minmax(0, 1fr)); }
    .key { background: var(--card); border-radius: 12px; padding: 14px 18px; box-shadow: var(--shadow); }
    .key h2 { font-size: 13.5px; font-weight: 500; color: var(--muted); }
    .key .figure { font-size: 28px; line-height: 1.3; font-weight: 660; font-variant-numeric: tabular-nums;
      letter-spacing: -.015em; }
    .key .long { font-size: 21px; line-height: 1.733; }
    .key .sub { font-size: 12.5px; color: var(--muted); }
    .key.delivered .figure, .key.delivered_rate .figure { color: var(--good); }
    .pair { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 0 18px; }
    table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; font-size: 14px; }
    th, td { padding: 7px 10px 7px 0; text-align: left; vertical-align: top; border-bottom: 1px solid var(--rule);
      font-weight: 400; }
    th:last-child, td:last-child { padding-right: 0; }
    thead th, thead td { color: var(--muted); font-size: 12.5px; vertical-align: bottom; line-height: 1.35; }
    thead .zh { display: block; }
    tbody:last-of-type tr:last-child > * { border-bottom: 0; }
    tfoot th, tfoot td { border-top: 1.5px solid var(--muted); border-bottom: 0; font-weight: 600; }
    .n { text-align: right; white-space: nowrap; overflow-wrap: normal; }
    thead .n { white-space: normal; }
    .draw { width: 30%; min-width: 72px; padding-right: 16px; }
    .funnel .draw { width: 36%; } .wide { padding-left: 18px; }
    .codes .draw { width: 20%; }
    .codes td:first-child { width: 17%; }
    .group th, .group td { font-weight: 640; padding-top: 16px; border-bottom-color: var(--muted); }
    tbody:first-of-type .group > * { padding-top: 8px; }
    code { font: 13px/1.4 ui-monospace, "SF Mono", Menlo, Consolas, "Noto Sans Mono", monospace; }
    .dot { display: inline-block; width: 10px; height: 10px; border-radius: 3px; margin-right: 8px; }
    .dot.blue { background: var(--blue); } .dot.good { background: var(--good); } .dot.wait { background: var(--wait); }
    .dot.warn { background: var(--warn); } .dot.bad { background: var(--bad); } .dot.odd { background: var(--odd); }
    .dot.idle { background: var(--idle); }
    thead .dot { margin-right: 5px; }
    svg { display: block; width: 100%; }
    svg svg { width: auto; }
    .bar { margin-top: 6px; } .stack { margin-bottom: 12px; border-radius: 5px; overflow: hidden; }
    .stack rect { stroke: var(--card); stroke-width: 1; }
    rect.rail { fill: var(--rail); } rect.blue { fill: var(--blue); } rect.good { fill: var(--good); }
    rect.wait { fill: var(--wait); } rect.warn { fill: var(--warn); } rect.bad { fill: var(--bad); }
    rect.odd { fill: var(--odd); } rect.idle { fill: var(--idle); }
    .plot text { font-size: 12px; fill: var(--muted); }
    .plot .strong { fill: var(--ink); } .plot .mid { text-anchor: middle; } .plot .end { text-anchor: end; }
    .plot .halo { paint-order: stroke; stroke: var(--card); stroke-width: 5px; stroke-linejoin: round; }
    .grid { stroke: var(--rule); } .axis, .tick { stroke: var(--muted); } .mark { stroke: var(--muted);
      stroke-dasharray: 3 3; }
    .line { fill: none; stroke: var(--good); stroke-width: 2.5; vector-effect: non-scaling-stroke; stroke-linejoin: round; }
    .area { fill: var(--good); opacity: .12; }
    .plot { margin-bottom: 10px; }
    .small { font-size: 13px; }
    .scroll { overflow-x: auto; }
    details summary { cursor: pointer; color: var(--blue); font-size: 13.5px; }
    details[open] summary { margin-bottom: 6px; }
    footer { color: var(--muted); font-size: 13px; padding: 4px 2px; }
    footer p + p { margin-top: 6px; }
    @media (max-width: 860px) {
      .pair { grid-template-columns: minmax(0, 1fr); }
      .keys { grid-template-columns: repeat(2, minmax(0, 1fr)); } }
    @media (max-width: 560px) {
      main { padding: 20px 12px 28px; }
      section { padding: 16px 14px; border-radius: 10px; }
      .key { padding: 12px 14px; }
      .key .figure { font-size: 22px; } .key .long { font-size: 16px; line-height: 1.8; }
      .facts { gap: 8px 24px; }
      .lede { font-size: 16px; }
      table { font-size: 13px; }
      th, td { padding-right: 8px; }
      .draw, .funnel .draw { width: 20%; min-width: 44px; padding-right: 8px; }
      .codes td:first-child { width: 26%; }
      .wide, .minor { display: none; }
      .codes thead .draw, .codes td.draw { display: none; }
      .scroll table { min-width: 620px; } .scroll .small { min-width: 420px; } }
    @media print {
      @page { size: A4; margin: 14mm 12mm; }
      :root { --page: #fff; --card: #fff; --ink: #111; --muted: #4a5563; --rule: #d5dbe2; --rail: #eef1f5; --blue: #2f6db5;
        --good: #23856b; --wait: #8a97a8; --warn: #c17d11; --bad: #c2453d; --odd: #7d5bbe; --idle: #9aa6b5; --alert: #fdf0ee;
        --shadow: none; color-scheme: light; }
      * { -webkit-print-color-adjust: exact; print-color-adjust: exact; }
      body { font-size: 12px; }
      main { padding: 0; max-width: none; }
      section, .key { border: 1px solid var(--rule); border-radius: 6px; break-inside: avoid; margin-bottom: 10px;
        padding: 12px 14px; }
      .keys { border: 0; padding: 0; gap: 8px; grid-template-columns: repeat(4, minmax(0, 1fr)); }
      .key { margin: 0; } .key .figure { font-size: 20px; } .key .long { font-size: 14.5px; line-height: 1.8; }
      .pair { grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 0 10px; break-inside: avoid; }
      .pair section { break-inside: auto; } .dot { width: 8px; height: 8px; margin-right: 5px; } code { font-size: 10.5px; }
      #codes { break-inside: auto; } tr, .group { break-inside: avoid; } .group { break-after: avoid; }
      thead { display: table-header-group; } .minor { display: none; } h2, .note, thead { break-after: avoid; }
      table { font-size: 11px; } thead th { font-size: 10px; } .note, footer { font-size: 10.5px; }
      th, td { padding-top: 2.5px; padding-bottom: 2.5px; } .bar { margin-top: 3px; } thead .zh { display: inline; }
      .lede { font-size: 12.5px; margin-bottom: 10px; max-width: none; } .lede .zh { font-size: 12px; }
      .facts { margin: 6px 0; gap: 4px 18px; } .facts dt { font-size: 10px; } .facts dd { font-size: 11px; }
      section > h2 { margin-bottom: 6px; } .note { margin-bottom: 6px; } .key { padding: 8px 12px; }
      .scroll { overflow: visible; } details { display: none; } h1 { font-size: 22px; } h2 { font-size: 13.5px; }
      .key h2 { font-size: 11px; } .key .sub { font-size: 10.5px; } .plot text { font-size: 10px; } }

    """
}
