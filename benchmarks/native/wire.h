/* What both sides of a measurement share: the clock, buffers that grow, and non-blocking sockets. */
#ifndef WIRE_H
#define WIRE_H

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/* An event of a stream carries the instant it was sent, after this mark, as 16 digits of microseconds. */
#define SENT_MARK "sent="
#define SENT_DIGITS 16

static inline uint64_t now_us(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (uint64_t)t.tv_sec * 1000000u + (uint64_t)t.tv_nsec / 1000u;
}

static inline void die(const char *what) {
  perror(what);
  exit(1);
}

static inline void *must(void *memory) {
  if (!memory) die("memory");
  return memory;
}

static inline void set_socket(int fd) {
  int one = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
}

static inline struct sockaddr_in loopback(int port) {
  struct sockaddr_in address = {0};
  address.sin_family = AF_INET;
  address.sin_port = htons((uint16_t)port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

static inline char *read_file(const char *path, size_t *length) {
  FILE *file = fopen(path, "rb");
  if (!file) die(path);
  fseek(file, 0, SEEK_END);
  *length = (size_t)ftell(file);
  rewind(file);
  char *bytes = must(malloc(*length + 1));
  if (fread(bytes, 1, *length, file) != *length) die(path);
  bytes[*length] = 0;
  fclose(file);
  return bytes;
}

/* The value of a header in a head that ends with a zero byte, or NULL. Names are matched without regard to case. */
static inline const char *header_value(const char *head, const char *name) {
  size_t length = strlen(name);
  for (const char *line = strstr(head, "\r\n"); line; line = strstr(line, "\r\n")) {
    line += 2;
    if (!strncasecmp(line, name, length) && line[length] == ':') {
      const char *value = line + length + 1;
      while (*value == ' ') value++;
      return value;
    }
  }
  return NULL;
}

#endif
