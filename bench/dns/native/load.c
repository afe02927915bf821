// A closed loop of DNS queries over UDP: keeps a fixed number outstanding on each of several connected sockets, sends the
// next when an answer comes, and counts. With a rate it is an open loop, and the latency it prints is that of each answer.
//   load PORT SECONDS SOCKETS OUTSTANDING RATE FILE
// FILE: queries, each behind its length in two octets. Prints one line:
//   responses lost wrong p50 p99 p99.9   (latencies in microseconds)
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#define BATCH 64
#define SIZE 2048
#define STALE 100000000ull /* an answer that takes longer than 100 ms is taken for lost */
#define BUCKETS 100000     /* of a microsecond each */

typedef struct {
  int fd, waiting;
  uint16_t id;
  uint64_t heard;
  uint64_t *sent; /* by id, 0 where none is outstanding */
} source;

static unsigned char *queries[65536];
static unsigned lengths[65536];
static int count, at;
static uint64_t histogram[BUCKETS + 1], responses, lost, wrong;

static uint64_t now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000000000ull + t.tv_nsec;
}

static void ask(source *s, int n, uint64_t when) {
  struct mmsghdr out[BATCH];
  struct iovec parts[BATCH][2];
  unsigned char ids[BATCH][2];
  while (n > 0) {
    int k = n < BATCH ? n : BATCH;
    for (int i = 0; i < k; i++) {
      ids[i][0] = s->id >> 8;
      ids[i][1] = s->id;
      s->sent[s->id++] = when;
      parts[i][0] = (struct iovec){ids[i], 2};
      parts[i][1] = (struct iovec){queries[at] + 2, lengths[at] - 2};
      at = at + 1 == count ? 0 : at + 1;
      out[i].msg_hdr = (struct msghdr){.msg_iov = parts[i], .msg_iovlen = 2};
    }
    int done = sendmmsg(s->fd, out, k, 0);
    if (done < 0) done = 0;
    s->id -= k - done;
    s->waiting += done;
    if (done < k) return;
    n -= k;
  }
}

static int hear(source *s, uint64_t when) {
  static unsigned char data[BATCH][SIZE];
  struct mmsghdr in[BATCH];
  struct iovec parts[BATCH];
  for (int i = 0; i < BATCH; i++) {
    parts[i] = (struct iovec){data[i], SIZE};
    in[i].msg_hdr = (struct msghdr){.msg_iov = &parts[i], .msg_iovlen = 1};
  }
  int n = recvmmsg(s->fd, in, BATCH, MSG_DONTWAIT, 0), good = 0;
  for (int i = 0; i < n; i++) {
    uint16_t id = data[i][0] << 8 | data[i][1];
    if (!s->sent[id]) continue;
    uint64_t micros = (when - s->sent[id]) / 1000;
    histogram[micros < BUCKETS ? micros : BUCKETS]++;
    s->sent[id] = 0;
    good++;
    if (!(data[i][2] & 0x80) || ((data[i][3] & 15) != 0 && (data[i][3] & 15) != 3)) wrong++;
  }
  s->waiting -= good;
  responses += good;
  return good;
}

static double rank(double share) {
  uint64_t total = 0, sum = 0;
  for (int i = 0; i <= BUCKETS; i++) total += histogram[i];
  for (int i = 0; i <= BUCKETS; i++)
    if ((sum += histogram[i]) >= share * total) return i;
  return BUCKETS;
}

int main(int argc, char **argv) {
  if (argc != 7) return 2;
  double seconds = atof(argv[2]), rate = atof(argv[5]);
  int sockets = atoi(argv[3]), outstanding = atoi(argv[4]), size = 4 << 20;
  FILE *file = fopen(argv[6], "rb");
  if (!file) { perror(argv[6]); return 1; }
  for (int hi, lo; count < 65536 && (hi = fgetc(file)) >= 0 && (lo = fgetc(file)) >= 0; count++) {
    lengths[count] = hi << 8 | lo;
    queries[count] = malloc(lengths[count]);
    if (fread(queries[count], 1, lengths[count], file) != lengths[count]) return 1;
  }
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(atoi(argv[1])), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  source *all = calloc(sockets, sizeof *all);
  for (int i = 0; i < sockets; i++) {
    all[i].fd = socket(AF_INET, SOCK_DGRAM, 0);
    all[i].sent = calloc(65536, sizeof(uint64_t));
    setsockopt(all[i].fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
    setsockopt(all[i].fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
    if (connect(all[i].fd, (struct sockaddr *)&to, sizeof to)) { perror("connect"); return 1; }
  }
  uint64_t start = now(), end = start + (uint64_t)(seconds * 1e9), t, asked = 0;
  for (int i = 0; i < sockets; i++) {
    all[i].heard = start;
    if (rate == 0) ask(&all[i], outstanding, start);
  }
  int turn = 0;
  while ((t = now()) < end) {
    if (rate > 0) {
      // What is due goes out together, as far as one call takes it: a call a query could not keep up.
      uint64_t due = (uint64_t)((t - start) / 1e9 * rate);
      if (due - asked > BATCH) due = asked + BATCH;
      if (due > asked) ask(&all[turn], due - asked, t);
      asked = due;
      turn = (turn + 1) % sockets;
    }
    for (int i = 0; i < sockets; i++) {
      source *s = &all[i];
      int n = hear(s, rate > 0 ? now() : t);
      if (n > 0) s->heard = t;
      if (rate == 0 && n > 0) ask(s, n, t);
      if (s->waiting > 0 && t - s->heard > STALE) {
        lost += s->waiting;
        s->waiting = 0;
        memset(s->sent, 0, 65536 * sizeof(uint64_t));
        s->heard = t;
        if (rate == 0) ask(s, outstanding, t);
      }
    }
  }
  printf("%lu %lu %lu %.0f %.0f %.0f\n", responses, lost, wrong, rank(0.5), rank(0.99), rank(0.999));
}
