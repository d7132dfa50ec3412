#ifndef CSPAWN_SHIM_H
#define CSPAWN_SHIM_H

#include <spawn.h>

// In glibc from 2.34, whose header shows it to GNU sources only: closes every descriptor from this one on in the process that is made.
int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *, int);

#endif
