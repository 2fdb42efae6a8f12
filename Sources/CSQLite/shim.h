#include <sqlite3.h>
// Variadic C functions cannot be called from Swift; each shim fixes the one form that is used.
static inline int qunfa_sqlite3_no_memory_statistics(void) { return sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); }
static inline int qunfa_sqlite3_defensive(sqlite3 *db, int on) { return sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, on, (int *)0); }
static inline int qunfa_sqlite3_no_checkpoint_on_close(sqlite3 *db, int on) { return sqlite3_db_config(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, on, (int *)0); }
// A null pointer would bind NULL where an empty text is meant. SQLITE_STATIC and SQLITE_TRANSIENT are casts, which Swift does not import.
static inline int qunfa_sqlite3_bind_text_transient(sqlite3_stmt *s, int i, const char *p, int n) { return sqlite3_bind_text(s, i, p ? p : "", n, SQLITE_TRANSIENT); }
static inline int qunfa_sqlite3_bind_blob_transient(sqlite3_stmt *s, int i, const void *p, int n) { return sqlite3_bind_blob(s, i, p, n, SQLITE_TRANSIENT); }
static inline void qunfa_sqlite3_result_text_static(sqlite3_context *c, const char *p, int n) { sqlite3_result_text(c, p ? p : "", n, SQLITE_STATIC); }
