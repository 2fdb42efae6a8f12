// The parts of libcurl that Swift cannot call by itself: functions with variable arguments, and options whose types
// only the compiler of C checks.
#include <curl/curl.h>

static inline CURLcode qunfa_curl_number(CURL *easy, CURLoption option, long value) {
  return curl_easy_setopt(easy, option, value);
}

static inline CURLcode qunfa_curl_size(CURL *easy, CURLoption option, curl_off_t value) {
  return curl_easy_setopt(easy, option, value);
}

static inline CURLcode qunfa_curl_text(CURL *easy, CURLoption option, const char *value) {
  return curl_easy_setopt(easy, option, value);
}

static inline CURLcode qunfa_curl_headers(CURL *easy, struct curl_slist *list) {
  return curl_easy_setopt(easy, CURLOPT_HTTPHEADER, list);
}

/// All callbacks of a transfer, with the one value that each of them is given.
static inline CURLcode qunfa_curl_callbacks(
    CURL *easy, void *self, curl_prereq_callback start, curl_read_callback read, curl_seek_callback rewind,
    curl_write_callback write, curl_write_callback header) {
  CURLcode code = curl_easy_setopt(easy, CURLOPT_PRIVATE, self);
  if (!code) code = curl_easy_setopt(easy, CURLOPT_PREREQDATA, self);
  if (!code) code = curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, start);
  if (!code) code = curl_easy_setopt(easy, CURLOPT_READDATA, self);
  if (!code) code = curl_easy_setopt(easy, CURLOPT_READFUNCTION, read);
  if (!code) code = curl_easy_setopt(easy, CURLOPT_SEEKDATA, self);
  if (!code) code = curl_easy_setopt(easy, CURLOPT_SEEKFUNCTION, rewind);
  if (!code) code = curl_easy_setopt(easy, CURLOPT_WRITEDATA, self);
  if (!code) code = curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, write);
  if (!code) code = curl_easy_setopt(easy, CURLOPT_HEADERDATA, self);
  if (!code) code = curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, header);
  return code;
}

static inline CURLMcode qunfa_curl_multi_number(CURLM *multi, CURLMoption option, long value) {
  return curl_multi_setopt(multi, option, value);
}

/// The value given to `qunfa_curl_callbacks`.
static inline void *qunfa_curl_self(CURL *easy) {
  char *self = NULL;
  return curl_easy_getinfo(easy, CURLINFO_PRIVATE, &self) ? NULL : self;
}

/// The last answer's status; 0 when there was none.
static inline long qunfa_curl_status(CURL *easy) {
  long status = 0;
  return curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status) ? 0 : status;
}

/// Bytes of the request's body that were handed to the kernel.
static inline curl_off_t qunfa_curl_uploaded(CURL *easy) {
  curl_off_t bytes = 0;
  return curl_easy_getinfo(easy, CURLINFO_SIZE_UPLOAD_T, &bytes) ? 0 : bytes;
}

/// The system's error number of the last failed connection; 0 when there was none.
static inline long qunfa_curl_errno(CURL *easy) {
  long number = 0;
  return curl_easy_getinfo(easy, CURLINFO_OS_ERRNO, &number) ? 0 : number;
}

/// The value of an answer's header, valid until the handle's next use; null when it has none.
static inline const char *qunfa_curl_header(CURL *easy, const char *name) {
  struct curl_header *header = NULL;
  return curl_easy_header(easy, name, 0, CURLH_HEADER, -1, &header) == CURLHE_OK ? header->value : NULL;
}

/// The result of a finished transfer, taken from curl's message of it.
static inline CURLcode qunfa_curl_result(const CURLMsg *message) { return message->data.result; }

/// Tells `opened` and `closed` of every socket of the connections that this handle makes; `table` lives as long as they.
static inline CURLcode qunfa_curl_sockets(
    CURL *easy, void *table, curl_opensocket_callback opened, curl_closesocket_callback closed) {
  CURLcode code = curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, table);
  if (!code) code = curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, opened);
  if (!code) code = curl_easy_setopt(easy, CURLOPT_CLOSESOCKETDATA, table);
  if (!code) code = curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, closed);
  return code;
}

/// Connections made for the transfer under way; 0 when it uses one that was there.
static inline long qunfa_curl_connections(CURL *easy) {
  long made = 0;
  return curl_easy_getinfo(easy, CURLINFO_NUM_CONNECTS, &made) ? 0 : made;
}
