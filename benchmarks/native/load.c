/*
 * A caller that costs next to nothing: load PORT CONNECTIONS REQUESTS RATE REQUEST_FILE
 *
 * Sends the requests of the file (whole HTTP requests one after the other, taken in turn) so many times over so many kept
 * connections: as fast as answers come for rate 0, else so many a second, whether answers come or not; a wait is then
 * counted from the instant the request was due. Prints one JSON object; times are microseconds, bytes are those of bodies.
 */
#include "wire.h"

#define SILENCE_SECONDS 30

typedef enum { IDLE, WRITING, HEAD, SIZED, CHUNK_SIZE, CHUNK_DATA, CHUNK_END } State;

typedef struct {
  const char *bytes;
  size_t length;
} Request;

typedef struct {
  int fd;
  State state;
  const Request *request;
  size_t written;
  char head[16384];
  size_t head_length;
  size_t left; /* bytes of the body, or of the chunk */
  int last_chunk, failed, begun;
  uint64_t due;
  size_t mark; /* how much of SENT_MARK has been matched */
  int digits;  /* how many digits of the instant have been read */
  uint64_t sent;
} Connection;

typedef struct {
  uint32_t *values;
  size_t count, size;
} Times;

static Times answered, first_byte, late;
static Request *requests;
static long request_count;
static uint64_t body_bytes;
static int port, poll_fd;
static long begun, done, failures, total, rate;
static uint64_t started;

static void note(Times *times, uint64_t value) {
  if (times->count == times->size) {
    times->size = times->size * 2 + 4096;
    times->values = must(realloc(times->values, times->size * sizeof *times->values));
  }
  times->values[times->count++] = value > UINT32_MAX ? UINT32_MAX : (uint32_t)value;
}

/* Finds where each request of the file ends: with the bytes its head declares. */
static void split_requests(char *file, size_t length) {
  for (char *at = file; at < file + length;) {
    char *end = strstr(at, "\r\n\r\n");
    if (!end) die("the file ends within a request");
    *end = 0;
    const char *declared = header_value(at, "content-length");
    size_t size = (size_t)(end - at) + 4 + (declared ? strtoul(declared, NULL, 10) : 0);
    *end = '\r';
    requests = must(realloc(requests, (size_t)(request_count + 1) * sizeof *requests));
    requests[request_count++] = (Request){.bytes = at, .length = size};
    at += size;
  }
  if (request_count == 0) die("the file has no request");
}

static int ascending(const void *one, const void *other) {
  uint32_t a = *(const uint32_t *)one, b = *(const uint32_t *)other;
  return (a > b) - (a < b);
}

static uint32_t share(Times *times, double part) {
  if (times->count == 0) return 0;
  size_t at = (size_t)(part * (double)times->count);
  return times->values[at < times->count ? at : times->count - 1];
}

static void sort(Times *times) { qsort(times->values, times->count, sizeof *times->values, ascending); }

static void join(Connection *c) {
  c->fd = socket(AF_INET, SOCK_STREAM, 0);
  struct sockaddr_in address = loopback(port);
  if (connect(c->fd, (struct sockaddr *)&address, sizeof address)) die("connect");
  set_socket(c->fd);
  c->state = IDLE;
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = c};
  epoll_ctl(poll_fd, EPOLL_CTL_ADD, c->fd, &event);
}

static void want_write(Connection *c, int wanted) {
  struct epoll_event event = {.events = wanted ? EPOLLIN | EPOLLOUT : EPOLLIN, .data.ptr = c};
  epoll_ctl(poll_fd, EPOLL_CTL_MOD, c->fd, &event);
}

static void send_rest(Connection *c) {
  ssize_t sent = write(c->fd, c->request->bytes + c->written, c->request->length - c->written);
  if (sent > 0) c->written += (size_t)sent;
  if (c->written < c->request->length) {
    want_write(c, 1);
    return;
  }
  want_write(c, 0);
  c->state = HEAD;
}

static void begin(Connection *c, uint64_t due) {
  c->request = &requests[begun++ % request_count];
  c->due = due;
  c->written = c->head_length = 0;
  c->begun = c->failed = c->last_chunk = 0;
  c->mark = 0;
  c->digits = -1;
  c->state = WRITING;
  ssize_t sent = write(c->fd, c->request->bytes, c->request->length);
  c->written = sent > 0 ? (size_t)sent : 0;
  if (c->written == c->request->length) c->state = HEAD;
  else want_write(c, 1);
}

static void finish(Connection *c) {
  done++;
  if (c->failed) failures++;
  note(&answered, now_us() - c->due);
  c->state = IDLE;
  if (rate == 0 && begun < total) begin(c, now_us());
}

/* The connection ended: what was asked on it has failed, and a new one takes its place. */
static void rejoin(Connection *c) {
  close(c->fd);
  int was_asking = c->state != IDLE;
  join(c);
  if (was_asking) {
    c->failed = 1;
    finish(c);
  }
}

static void read_head(Connection *c) {
  int status = atoi(c->head + 9);
  c->failed = status != 200;
  const char *length = header_value(c->head, "content-length");
  if (length) {
    c->left = strtoul(length, NULL, 10);
    c->state = SIZED;
    if (c->left == 0) finish(c);
  } else {
    c->state = CHUNK_SIZE;
    c->left = 0;
  }
}

/* Looks in the body for the instants at which a provider sent its events. */
static void read_instants(Connection *c, const char *bytes, size_t length) {
  for (size_t i = 0; i < length; i++) {
    char byte = bytes[i];
    if (c->digits >= 0) {
      if (byte < '0' || byte > '9') {
        c->digits = -1;
      } else {
        c->sent = c->sent * 10 + (uint64_t)(byte - '0');
        if (++c->digits == SENT_DIGITS) {
          note(&late, now_us() - c->sent);
          c->digits = -1;
        }
      }
      continue;
    }
    c->mark = byte == SENT_MARK[c->mark] ? c->mark + 1 : byte == SENT_MARK[0];
    if (c->mark == strlen(SENT_MARK)) {
      c->mark = 0;
      c->digits = 0;
      c->sent = 0;
    }
  }
}

static void take_body(Connection *c, const char *bytes, size_t length) {
  if (!c->begun) {
    c->begun = 1;
    note(&first_byte, now_us() - c->due);
  }
  read_instants(c, bytes, length);
  body_bytes += length;
  c->left -= length;
}

static void take(Connection *c, const char *bytes, size_t length) {
  while (length > 0 && c->state != IDLE) {
    size_t used = 1;
    switch (c->state) {
      case HEAD:
        if (c->head_length == sizeof c->head - 1) die("the head of an answer is too long");
        c->head[c->head_length++] = *bytes;
        if (c->head_length >= 4 && !memcmp(c->head + c->head_length - 4, "\r\n\r\n", 4)) {
          c->head[c->head_length] = 0;
          read_head(c);
        }
        break;
      case SIZED:
        used = length < c->left ? length : c->left;
        take_body(c, bytes, used);
        if (c->left == 0) finish(c);
        break;
      case CHUNK_SIZE:
        if (*bytes == '\n') {
          c->last_chunk = c->left == 0;
          c->state = c->last_chunk ? CHUNK_END : CHUNK_DATA;
        } else if (*bytes >= '0' && *bytes <= '9') c->left = c->left * 16 + (size_t)(*bytes - '0');
        else if ((*bytes | 32) >= 'a' && (*bytes | 32) <= 'f') c->left = c->left * 16 + (size_t)((*bytes | 32) - 'a' + 10);
        break;
      case CHUNK_DATA:
        used = length < c->left ? length : c->left;
        take_body(c, bytes, used);
        if (c->left == 0) c->state = CHUNK_END;
        break;
      case CHUNK_END:
        if (*bytes == '\n') {
          if (c->last_chunk) finish(c);
          else c->state = CHUNK_SIZE;
        }
        break;
      default:
        die("bytes came before they were asked for");
    }
    bytes += used;
    length -= used;
  }
}

static void hear(Connection *c) {
  static char bytes[262144];
  ssize_t got = read(c->fd, bytes, sizeof bytes);
  if (got > 0) take(c, bytes, (size_t)got);
  else if (got == 0 || errno != EAGAIN) rejoin(c);
}

/* Sends what is due by now over connections that are free. */
static void send_due(Connection *all, int count) {
  uint64_t now = now_us();
  for (int i = 0; i < count && begun < total; i++) {
    uint64_t due = started + (uint64_t)begun * 1000000u / (uint64_t)rate;
    if (due > now) return;
    if (all[i].state == IDLE) begin(&all[i], due);
  }
}

/* How long to wait for answers: until the next request is due, else until it is clear that none will come. */
static struct timespec until_due(void) {
  if (rate == 0 || begun == total) return (struct timespec){.tv_sec = SILENCE_SECONDS};
  uint64_t due = started + (uint64_t)begun * 1000000u / (uint64_t)rate, now = now_us();
  return (struct timespec){.tv_nsec = due > now ? (long)(due - now) * 1000 : 500000};
}

int main(int count, char **arguments) {
  if (count != 6) {
    fprintf(stderr, "load PORT CONNECTIONS REQUESTS RATE REQUEST_FILE\n");
    return 2;
  }
  port = atoi(arguments[1]);
  int size = atoi(arguments[2]);
  total = atol(arguments[3]);
  rate = atol(arguments[4]);
  size_t length;
  char *file = read_file(arguments[5], &length);
  split_requests(file, length);
  poll_fd = epoll_create1(0);
  Connection *all = must(calloc((size_t)size, sizeof *all));
  for (int i = 0; i < size; i++) join(&all[i]);

  started = now_us();
  for (int i = 0; rate == 0 && i < size && begun < total; i++) begin(&all[i], now_us());
  struct epoll_event ready[1024];
  while (done < total) {
    if (rate) send_due(all, size);
    struct timespec wait = until_due();
    int n = epoll_pwait2(poll_fd, ready, 1024, &wait, NULL);
    if (n == 0 && wait.tv_sec >= SILENCE_SECONDS) {
      failures += total - done;
      break;
    }
    for (int i = 0; i < n; i++) {
      Connection *c = ready[i].data.ptr;
      if (c->state == WRITING && ready[i].events & EPOLLOUT) send_rest(c);
      else hear(c);
    }
  }
  double seconds = (double)(now_us() - started) / 1e6;
  sort(&answered);
  sort(&first_byte);
  sort(&late);
  printf("{\"seconds\":%.4f,\"requests\":%ld,\"failed\":%ld,\"p50\":%u,\"p99\":%u,\"firstByteP50\":%u,\"events\":%zu,"
         "\"lateP50\":%u,\"lateP99\":%u,\"bytes\":%llu}\n",
         seconds, done, failures, share(&answered, .5), share(&answered, .99), share(&first_byte, .5), late.count,
         share(&late, .5), share(&late, .99), (unsigned long long)body_bytes);
  return 0;
}
