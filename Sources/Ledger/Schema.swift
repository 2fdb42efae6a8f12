import Database

/// The ledger's tables. docs/files.md shows them to people.
enum Schema {
  /// "qfCL": a campaign ledger of qunfa.
  static let applicationID: Int32 = 0x7166_434C
  static let version: Int64 = 1

  /// `messages` never changes after the plan; what changes lives in `calls`, about one row for 200 messages.
  static let tables = """
    CREATE TABLE facts(key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TABLE inputs(
      role TEXT NOT NULL, path TEXT NOT NULL, sha256 TEXT NOT NULL, PRIMARY KEY(role, path)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE rejected(reason TEXT PRIMARY KEY, rows INTEGER NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TABLE messages(
      row INTEGER PRIMARY KEY,
      external_id TEXT,
      phone INTEGER NOT NULL,
      region TEXT NOT NULL,
      call INTEGER NOT NULL,
      position INTEGER NOT NULL,
      encoding TEXT NOT NULL,
      units INTEGER NOT NULL,
      segments INTEGER NOT NULL,
      text TEXT NOT NULL
    ) STRICT;
    CREATE TABLE calls(
      id INTEGER PRIMARY KEY,
      root INTEGER NOT NULL,
      first INTEGER NOT NULL,
      count INTEGER NOT NULL,
      gateway TEXT NOT NULL,
      endpoint TEXT NOT NULL,
      first_row INTEGER NOT NULL,
      last_row INTEGER NOT NULL,
      state TEXT NOT NULL,
      attempt INTEGER NOT NULL DEFAULT 0,
      link_id TEXT,
      submitted_at INTEGER,
      settled_at INTEGER,
      code TEXT,
      note TEXT,
      states TEXT,
      ids TEXT,
      codes TEXT,
      segments TEXT
    ) STRICT;
    CREATE TABLE attempts(
      link_id TEXT PRIMARY KEY,
      call INTEGER NOT NULL REFERENCES calls(id),
      attempt INTEGER NOT NULL,
      intended_at INTEGER NOT NULL,
      body_sha256 TEXT NOT NULL,
      ended_at INTEGER,
      ending TEXT,
      code TEXT
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE decisions(
      at INTEGER NOT NULL, person TEXT NOT NULL, decision TEXT NOT NULL, call INTEGER NOT NULL, positions TEXT NOT NULL
    ) STRICT;
    CREATE TABLE transitions(before TEXT NOT NULL, after TEXT NOT NULL, PRIMARY KEY(before, after)) STRICT, WITHOUT ROWID;
    """

  /// Made after the load: they guard what the load itself has to write.
  static var guards: String {
    let rows = CallState.transitions.map { "('\($0.from.rawValue)','\($0.to.rawValue)')" }.joined(separator: ",")
    return """
      INSERT INTO transitions VALUES \(rows);
      CREATE INDEX calls_by_root ON calls(root, id);
      CREATE TRIGGER calls_transition BEFORE UPDATE OF state ON calls
        WHEN NOT EXISTS (SELECT 1 FROM transitions WHERE before = OLD.state AND after = NEW.state)
        BEGIN SELECT RAISE(ABORT, 'a call cannot make this move between states'); END;
      CREATE TRIGGER calls_start BEFORE INSERT ON calls WHEN NEW.state <> 'planned'
        BEGIN SELECT RAISE(ABORT, 'a call starts as planned'); END;
      CREATE TRIGGER calls_stay BEFORE DELETE ON calls
        BEGIN SELECT RAISE(ABORT, 'calls are never deleted'); END;
      CREATE TRIGGER messages_fixed BEFORE UPDATE ON messages
        BEGIN SELECT RAISE(ABORT, 'messages never change'); END;
      CREATE TRIGGER messages_stay BEFORE DELETE ON messages
        BEGIN SELECT RAISE(ABORT, 'messages are never deleted'); END;
      CREATE TRIGGER messages_frozen BEFORE INSERT ON messages
        BEGIN SELECT RAISE(ABORT, 'the plan is frozen'); END;
      CREATE VIEW message_states AS
        SELECT m.row, m.external_id, m.phone, m.region, c.gateway, c.endpoint, c.id AS call, c.link_id,
          coalesce(json_extract(c.ids, '$[' || (m.position - c.first) || ']'), '') AS message_id,
          coalesce(json_extract(c.states, '$[' || (m.position - c.first) || ']'), c.state) AS state,
          coalesce(json_extract(c.codes, '$[' || (m.position - c.first) || ']'), c.code, '') AS code,
          coalesce(json_extract(c.segments, '$[' || (m.position - c.first) || ']'), m.segments) AS segments,
          m.units, m.encoding, c.submitted_at, m.text
        FROM messages m JOIN calls c ON c.id =
          (SELECT max(k.id) FROM calls k
           WHERE k.root = m.call AND m.position >= k.first AND m.position < k.first + k.count);
      """
  }

  /// Only for plans whose calls are scattered over the rows; 200-a-call p2p plans read by row range.
  static let callIndex = "CREATE INDEX messages_by_call ON messages(call, position)"
}
