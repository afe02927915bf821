// The ceiling: takes datagrams in batches, sets the response bit, and sends them back unread.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define BATCH 64
#define SIZE 2048

int main(int argc, char **argv) {
  if (argc != 2) return 2;
  int fd = socket(AF_INET, SOCK_DGRAM, 0), size = 4 << 20;
  struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(atoi(argv[1])), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
  setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
  if (bind(fd, (struct sockaddr *)&at, sizeof at)) { perror("bind"); return 1; }
  static unsigned char data[BATCH][SIZE];
  static struct sockaddr_in peers[BATCH];
  struct iovec buffers[BATCH];
  struct mmsghdr in[BATCH];
  for (;;) {
    for (int i = 0; i < BATCH; i++) {
      buffers[i] = (struct iovec){data[i], SIZE};
      in[i].msg_hdr = (struct msghdr){.msg_name = &peers[i], .msg_namelen = sizeof peers[i], .msg_iov = &buffers[i], .msg_iovlen = 1};
    }
    int n = recvmmsg(fd, in, BATCH, MSG_WAITFORONE, 0);
    if (n <= 0) continue;
    for (int i = 0; i < n; i++) {
      data[i][2] |= 0x80;
      buffers[i].iov_len = in[i].msg_len;
    }
    for (int sent = 0; sent < n;) {
      int m = sendmmsg(fd, in + sent, n - sent, 0);
      sent += m > 0 ? m : 1;
    }
  }
}
