// The parts of libmicrohttpd that Swift cannot call by itself: functions with variable arguments.
#include <microhttpd.h>

/// Starts a daemon on a listening socket of our own, with one epoll thread. `key` and `certificate` (PEM) are null for
/// plain HTTP. Headers share `memory` bytes with the read buffer: longer ones are answered 431.
static inline struct MHD_Daemon *qunfa_mhd_start(
    int socket, size_t memory, unsigned int connections, unsigned int idle_seconds, MHD_AccessHandlerCallback handler,
    void *(*opened)(void *, const char *, struct MHD_Connection *), MHD_RequestCompletedCallback completed, void *self,
    const char *key, const char *certificate) {
  unsigned int flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME;
  if (key && certificate) flags |= MHD_USE_TLS;
  struct MHD_OptionItem tls[] = {
      {MHD_OPTION_HTTPS_MEM_KEY, 0, (void *)key},
      {MHD_OPTION_HTTPS_MEM_CERT, 0, (void *)certificate},
      {MHD_OPTION_END, 0, NULL},
  };
  struct MHD_OptionItem none[] = {{MHD_OPTION_END, 0, NULL}};
  return MHD_start_daemon(
      flags, 0, NULL, NULL, handler, self, MHD_OPTION_LISTEN_SOCKET, (MHD_socket)socket,
      MHD_OPTION_CONNECTION_MEMORY_LIMIT, memory, MHD_OPTION_CONNECTION_MEMORY_INCREMENT, memory / 4,
      MHD_OPTION_CONNECTION_LIMIT, connections, MHD_OPTION_CONNECTION_TIMEOUT, idle_seconds,
      MHD_OPTION_URI_LOG_CALLBACK, opened, self, MHD_OPTION_NOTIFY_COMPLETED, completed, self, MHD_OPTION_ARRAY,
      (flags & MHD_USE_TLS) ? tls : none, MHD_OPTION_END);
}

/// The peer's address; null when libmicrohttpd does not know it.
static inline const struct sockaddr *qunfa_mhd_client(struct MHD_Connection *connection) {
  const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
  return info ? info->client_addr : NULL;
}

#include <fcntl.h>

/// Makes an inherited socket like one of our own: not blocking, closed on exec.
static inline int qunfa_socket_flags(int socket) {
  int flags = fcntl(socket, F_GETFL, 0);
  if (flags < 0 || fcntl(socket, F_SETFL, flags | O_NONBLOCK) < 0) return -1;
  return fcntl(socket, F_SETFD, FD_CLOEXEC);
}
