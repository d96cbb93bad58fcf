#pragma once

#include <array>
#include <cstdint>

namespace heptap {

/// What `heptap run` asks of the kernel once it captures, by the kernel's names. A name that this
/// processor or kernel does not have costs nothing. Calls that are allowed only with some arguments
/// are in seccomp_filter.cpp.
// clang-format off
inline constexpr std::array allowed_calls{
    // memory; mmap and mprotect only without new code
    "brk", "munmap", "mremap", "madvise",
    // threads and time
    "futex", "futex_time64", "set_robust_list", "rseq", "sched_yield", "membarrier", "getcpu",
    "sched_getaffinity", "gettid", "getpid", "exit", "exit_group", "restart_syscall",
    "clock_gettime", "clock_gettime64", "clock_getres", "gettimeofday", "time", "nanosleep",
    "clock_nanosleep", "clock_nanosleep_time64",
    "timerfd_create", "timerfd_settime", "timerfd_gettime", "timerfd_settime64",
    "timerfd_gettime64",
    // signals
    "rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "rt_sigpending", "rt_sigsuspend",
    "rt_sigtimedwait", "rt_sigtimedwait_time64", "sigaltstack", "signalfd4", "pause",
    // waiting and waking
    "poll", "ppoll", "ppoll_time64", "select", "pselect6", "pselect6_time64", "epoll_create1",
    "epoll_ctl", "epoll_wait", "epoll_pwait", "epoll_pwait2", "eventfd2", "pipe2",
    // sockets; socket itself only of some families
    "bind", "listen", "connect", "accept", "accept4", "shutdown", "getsockname", "getpeername",
    "getsockopt", "setsockopt", "send", "sendto", "sendmsg", "sendmmsg", "recv", "recvfrom",
    "recvmsg", "recvmmsg", "recvmmsg_time64",
    // files: names and addresses (/etc/hosts, /etc/resolv.conf, NSS), authorities and keys of TLS,
    // the configuration at a reload, figures about ourselves (/proc/self), interfaces (/sys), the log
    "openat", "read", "readv", "pread64", "preadv", "write", "writev", "pwrite64", "lseek", "_llseek",
    "close", "close_range", "fcntl", "fcntl64", "dup", "dup3", "stat", "lstat", "fstat", "stat64",
    "lstat64", "fstat64", "newfstatat", "fstatat64", "statx", "statfs", "statfs64", "fstatfs",
    "fstatfs64", "access", "faccessat", "faccessat2", "readlink", "readlinkat", "getdents64",
    "getcwd", "fadvise64", "fsync", "fdatasync",
    // asking about ourselves and the machine
    "getrandom", "getuid", "geteuid", "getgid", "getegid", "getresuid", "getresgid", "getppid",
    "getrusage", "getrlimit", "ugetrlimit", "times", "uname", "sysinfo", "capget",
};

/// What a spool, a collector of files, or the state of calls needs besides.
inline constexpr std::array file_calls{
    "mkdir", "mkdirat", "rename", "renameat", "renameat2", "unlink", "unlinkat", "ftruncate",
    "ftruncate64", "flock",
};

/// What no part of heptap and no library of its ever calls by mistake: who does has taken over the
/// process.
inline constexpr std::array deadly_calls{
    "execve", "execveat", "fork", "vfork",
    "ptrace", "process_vm_readv", "process_vm_writev", "pidfd_getfd",
    "mount", "umount2", "pivot_root", "chroot", "open_tree", "move_mount", "fsopen", "fsmount",
    "fsconfig", "fspick", "mount_setattr", "setns", "unshare",
    "init_module", "finit_module", "delete_module", "bpf", "kexec_load", "kexec_file_load",
    "reboot", "swapon", "swapoff", "iopl", "ioperm",
};

/// Requests of ioctl: what Asio asks of sockets, whether the log is a terminal, what libpcap asks
/// about an interface.
inline constexpr std::array<std::uint32_t, 15> allowed_ioctls{
    0x5401,  // TCGETS
    0x5411,  // TIOCOUTQ, which is SIOCOUTQ
    0x5413,  // TIOCGWINSZ
    0x541b,  // FIONREAD
    0x5421,  // FIONBIO
    0x8905,  // SIOCATMARK
    0x8906,  // SIOCGSTAMP
    0x8910,  // SIOCGIFNAME
    0x8912,  // SIOCGIFCONF
    0x8913,  // SIOCGIFFLAGS
    0x8915,  // SIOCGIFADDR
    0x8921,  // SIOCGIFMTU
    0x8927,  // SIOCGIFHWADDR
    0x8933,  // SIOCGIFINDEX
    0x8946,  // SIOCETHTOOL: which timestamps it has; changing anything takes CAP_NET_ADMIN
};
// clang-format on

}  // namespace heptap
