// Kernel and glibc interfaces that Swift cannot import by itself: headers outside the
// glibc module map, and function-like macros as static inlines. No logic lives here.
#pragma once
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <sys/epoll.h>
