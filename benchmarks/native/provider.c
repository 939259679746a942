/*
 * A provider that costs next to nothing: provider PORT EVERY_MS [PATH ANSWER.json ANSWER.sse]…
 *
 * A POST to a path whose body asks for "stream":true gets the events of the .sse file, one every EVERY_MS milliseconds
 * (all at once for 0); any other gets the .json file. Prints the port it listens on, and serves until it is ended.
 */
#include "wire.h"

#define CONNECTIONS_MAX 8192
#define EVENTS_MAX 4096

typedef struct {
  const char *path;
  char *whole;        /* the complete answer, head and all */
  size_t whole_length;
  char *events[EVENTS_MAX]; /* each framed as a chunk */
  size_t event_lengths[EVENTS_MAX];
  char *event_times[EVENTS_MAX]; /* where the instant of sending goes, or NULL */
  int event_count;
} Answer;

typedef struct {
  int fd;
  char *in;
  size_t in_length, in_size;
  char *out; /* what the socket would not take yet */
  size_t out_length, out_size;
  const Answer *streaming;
  int next_event;
  uint64_t next_at;
} Connection;

static const char STREAM_HEAD[] =
    "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ncache-control: no-cache\r\ntransfer-encoding: chunked\r\n\r\n";
static const char STREAM_END[] = "0\r\n\r\n";
static const char NOT_FOUND[] = "HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n";

static Answer answers[16];
static int answer_count;
static Connection *connections[CONNECTIONS_MAX];
static uint64_t every_us;
static int poll_fd;

static void load_answer(const char *path, const char *json, const char *sse) {
  Answer *answer = &answers[answer_count++];
  size_t length;
  char *body = read_file(json, &length);
  answer->path = path;
  answer->whole = must(malloc(length + 256));
  int head = sprintf(answer->whole, "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %zu\r\n\r\n", length);
  memcpy(answer->whole + head, body, length);
  answer->whole_length = (size_t)head + length;
  free(body);

  char *stream = read_file(sse, &length);
  for (char *event = stream; *event;) {
    char *end = strstr(event, "\n\n");
    end = end ? end + 2 : event + strlen(event);
    size_t size = (size_t)(end - event);
    char *framed = must(malloc(size + 32));
    int at = sprintf(framed, "%zx\r\n", size);
    memcpy(framed + at, event, size);
    memcpy(framed + at + size, "\r\n", 3);
    int index = answer->event_count++;
    answer->events[index] = framed;
    answer->event_lengths[index] = (size_t)at + size + 2;
    char *mark = strstr(framed, SENT_MARK);
    answer->event_times[index] = mark ? mark + strlen(SENT_MARK) : NULL;
    event = end;
  }
  free(stream);
}

static void watch(Connection *c, uint32_t events, int operation) {
  struct epoll_event event = {.events = events, .data.ptr = c};
  epoll_ctl(poll_fd, operation, c->fd, &event);
}

static void drop(Connection *c) {
  connections[c->fd] = NULL;
  close(c->fd);
  free(c->in);
  free(c->out);
  free(c);
}

/* Writes what it can and keeps the rest for when the socket takes more. */
static void put(Connection *c, const char *bytes, size_t length) {
  if (c->out_length == 0) {
    ssize_t sent = write(c->fd, bytes, length);
    if (sent > 0) {
      bytes += sent;
      length -= (size_t)sent;
    }
    if (length == 0) return;
    watch(c, EPOLLIN | EPOLLOUT, EPOLL_CTL_MOD);
  }
  if (c->out_length + length > c->out_size) {
    c->out_size = (c->out_length + length) * 2;
    c->out = must(realloc(c->out, c->out_size));
  }
  memcpy(c->out + c->out_length, bytes, length);
  c->out_length += length;
}

static void flush(Connection *c) {
  ssize_t sent = write(c->fd, c->out, c->out_length);
  if (sent <= 0) return;
  memmove(c->out, c->out + sent, c->out_length - (size_t)sent);
  c->out_length -= (size_t)sent;
  if (c->out_length == 0) watch(c, EPOLLIN, EPOLL_CTL_MOD);
}

static void send_event(Connection *c, uint64_t now) {
  const Answer *answer = c->streaming;
  int index = c->next_event++;
  if (answer->event_times[index]) {
    char digits[SENT_DIGITS + 1];
    snprintf(digits, sizeof digits, "%016llu", (unsigned long long)now);
    memcpy(answer->event_times[index], digits, SENT_DIGITS);
  }
  put(c, answer->events[index], answer->event_lengths[index]);
  if (c->next_event == answer->event_count) {
    put(c, STREAM_END, sizeof STREAM_END - 1);
    c->streaming = NULL;
  } else {
    c->next_at += every_us;
  }
}

static const Answer *find_answer(const char *head) {
  const char *path = strchr(head, ' ');
  for (int i = 0; path && i < answer_count; i++) {
    size_t length = strlen(answers[i].path);
    if (!strncmp(path + 1, answers[i].path, length) && (path[1 + length] == ' ' || path[1 + length] == '?')) return &answers[i];
  }
  return NULL;
}

static int asks_for_stream(const char *body, size_t length) {
  return memmem(body, length, "\"stream\":true", 13) || memmem(body, length, "\"stream\": true", 14);
}

/* Answers one request if it has arrived whole; returns the bytes it took, 0 if it has not. */
static size_t answer_request(Connection *c) {
  char *end = memmem(c->in, c->in_length, "\r\n\r\n", 4);
  if (!end) return 0;
  *end = 0;
  const char *declared = header_value(c->in, "content-length");
  size_t head = (size_t)(end - c->in) + 4, body = declared ? strtoul(declared, NULL, 10) : 0;
  if (c->in_length < head + body) {
    *end = '\r';
    return 0;
  }
  const Answer *answer = find_answer(c->in);
  if (!answer) {
    put(c, NOT_FOUND, sizeof NOT_FOUND - 1);
  } else if (asks_for_stream(c->in + head, body)) {
    put(c, STREAM_HEAD, sizeof STREAM_HEAD - 1);
    c->streaming = answer;
    c->next_event = 0;
    c->next_at = now_us();
    while (c->streaming && every_us == 0) send_event(c, now_us());
  } else {
    put(c, answer->whole, answer->whole_length);
  }
  return head + body;
}

static void hear(Connection *c) {
  if (c->in_size - c->in_length < 65536) {
    c->in_size = c->in_size * 2 + 65536;
    c->in = must(realloc(c->in, c->in_size));
  }
  ssize_t got = read(c->fd, c->in + c->in_length, c->in_size - c->in_length);
  if (got <= 0) {
    if (got == 0 || errno != EAGAIN) drop(c);
    return;
  }
  c->in_length += (size_t)got;
  for (size_t taken; (taken = answer_request(c)) > 0;) {
    memmove(c->in, c->in + taken, c->in_length - taken);
    c->in_length -= taken;
  }
}

static void greet(int listener) {
  for (int fd; (fd = accept(listener, NULL, NULL)) >= 0;) {
    if (fd >= CONNECTIONS_MAX) {
      close(fd);
      continue;
    }
    set_socket(fd);
    Connection *c = must(calloc(1, sizeof *c));
    c->fd = fd;
    connections[fd] = c;
    watch(c, EPOLLIN, EPOLL_CTL_ADD);
  }
}

static void send_due(void) {
  uint64_t now = now_us();
  for (int fd = 0; fd < CONNECTIONS_MAX; fd++) {
    Connection *c = connections[fd];
    if (c && c->streaming && c->next_at <= now) send_event(c, now);
  }
}

int main(int count, char **arguments) {
  if (count < 6 || (count - 3) % 3) {
    fprintf(stderr, "provider PORT EVERY_MS [PATH ANSWER.json ANSWER.sse]...\n");
    return 2;
  }
  every_us = strtoul(arguments[2], NULL, 10) * 1000u;
  for (int i = 3; i + 2 < count; i += 3) load_answer(arguments[i], arguments[i + 1], arguments[i + 2]);

  int listener = socket(AF_INET, SOCK_STREAM, 0), one = 1;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  struct sockaddr_in address = loopback(atoi(arguments[1]));
  socklen_t length = sizeof address;
  if (bind(listener, (struct sockaddr *)&address, length) || listen(listener, 4096)) die("listen");
  getsockname(listener, (struct sockaddr *)&address, &length);
  set_socket(listener);
  printf("%d\n", ntohs(address.sin_port));
  fflush(stdout);

  poll_fd = epoll_create1(0);
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL}, ready[1024];
  epoll_ctl(poll_fd, EPOLL_CTL_ADD, listener, &event);
  for (;;) {
    int n = epoll_wait(poll_fd, ready, 1024, every_us ? 1 : -1);
    for (int i = 0; i < n; i++) {
      Connection *c = ready[i].data.ptr;
      if (!c) greet(listener);
      else if (ready[i].events & EPOLLOUT && c->out_length) flush(c);
      else hear(c);
    }
    if (every_us) send_due();
  }
}
