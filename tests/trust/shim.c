/* Preloaded before the C library: lets a disk fail on demand. The file named by PB_SHIM holds one letter:
   f  fsync and fdatasync fail with EIO       d  whatever writes at a place or makes a file longer fails with ENOSPC
   Anything else, or no file: nothing fails. Only files under the folder named by PB_SHIM_UNDER are concerned. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

static char mode(void) {
  const char *path = getenv("PB_SHIM");
  char letter = 0;
  int file = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
  if (file < 0) return 0;
  if (read(file, &letter, 1) != 1) letter = 0;
  close(file);
  return letter;
}

static int concerned(int fd) {
  char link[64], target[4096];
  const char *under = getenv("PB_SHIM_UNDER");
  ssize_t length;
  if (!under) return 0;
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  length = readlink(link, target, sizeof target - 1);
  if (length < 0) return 0;
  target[length] = 0;
  return strncmp(target, under, strlen(under)) == 0;
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))
#define FAILING(letter, number) if (mode() == letter && concerned(fd)) { errno = number; return -1; }

int fsync(int fd) { FAILING('f', EIO) return REAL(fsync)(fd); }
int fdatasync(int fd) { FAILING('f', EIO) return REAL(fdatasync)(fd); }
ssize_t pwrite(int fd, const void *data, size_t n, off_t at) { FAILING('d', ENOSPC) return REAL(pwrite)(fd, data, n, at); }
ssize_t pwrite64(int fd, const void *data, size_t n, off64_t at) { FAILING('d', ENOSPC) return REAL(pwrite64)(fd, data, n, at); }
ssize_t pwritev(int fd, const struct iovec *parts, int n, off_t at) { FAILING('d', ENOSPC) return REAL(pwritev)(fd, parts, n, at); }
ssize_t pwritev64(int fd, const struct iovec *parts, int n, off64_t at) { FAILING('d', ENOSPC) return REAL(pwritev64)(fd, parts, n, at); }
int posix_fallocate(int fd, off_t at, off_t n) { if (mode() == 'd' && concerned(fd)) return ENOSPC; return REAL(posix_fallocate)(fd, at, n); }
