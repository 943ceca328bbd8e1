//! System calls that no program in a sandbox needs and an attack might.

use super::Level;
#[cfg(target_arch = "x86_64")]
use seccompiler::sock_filter;
use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter,
    SeccompRule,
};
use std::collections::BTreeMap;
use std::io;

/// Refused with `EPERM`, whatever the arguments.
const REFUSED: &[i64] = &[
    // Reading, steering and copying other processes.
    libc::SYS_ptrace,
    libc::SYS_process_vm_readv,
    libc::SYS_process_vm_writev,
    libc::SYS_pidfd_getfd,
    libc::SYS_process_madvise,
    libc::SYS_kcmp,
    // Kernel machinery with a history of holes.
    libc::SYS_bpf,
    libc::SYS_userfaultfd,
    libc::SYS_perf_event_open,
    libc::SYS_io_uring_setup,
    libc::SYS_io_uring_enter,
    libc::SYS_io_uring_register,
    libc::SYS_keyctl,
    libc::SYS_add_key,
    libc::SYS_request_key,
    // Changing what the root and the namespaces are.
    libc::SYS_mount,
    libc::SYS_umount2,
    libc::SYS_pivot_root,
    libc::SYS_chroot,
    libc::SYS_setns,
    libc::SYS_unshare,
    libc::SYS_fsopen,
    libc::SYS_fsmount,
    libc::SYS_move_mount,
    libc::SYS_open_tree,
    libc::SYS_mount_setattr,
    libc::SYS_open_by_handle_at,
    libc::SYS_name_to_handle_at,
    // Machine-wide things.
    libc::SYS_quotactl,
    libc::SYS_syslog,
    libc::SYS_acct,
    libc::SYS_swapon,
    libc::SYS_swapoff,
    libc::SYS_reboot,
    libc::SYS_vhangup,
    libc::SYS_personality,
    libc::SYS_init_module,
    libc::SYS_finit_module,
    libc::SYS_delete_module,
    libc::SYS_kexec_load,
    // Memory that outlives a process.
    libc::SYS_shmget,
    libc::SYS_shmat,
    libc::SYS_semget,
    libc::SYS_msgget,
    libc::SYS_mq_open,
    libc::SYS_memfd_secret,
];

/// `ioctl` requests that type into a terminal.
const TYPING: [u64; 2] = [0x5412, 0x541c];

/// Applies the filters to this process, for good.
pub(super) fn apply(level: Level) -> io::Result<()> {
    let rules = rules(level).map_err(io::Error::other)?;
    install(rules, SeccompAction::Errno(errno(libc::EPERM)))?;
    // Its flags stand behind a pointer that no filter can follow: where it seems to be
    // missing, libc uses `clone`, whose flags can be seen.
    let clone3 = BTreeMap::from([(libc::SYS_clone3, Vec::new())]);
    install(clone3, SeccompAction::Errno(errno(libc::ENOSYS)))?;
    #[cfg(target_arch = "x86_64")]
    seccompiler::apply_filter(&second_numbering()).map_err(io::Error::other)?;
    Ok(())
}

/// Refuses the x32 numbering of system calls: the same calls under numbers that the other
/// filters do not name. They begin at bit 30 (`__X32_SYSCALL_BIT`, see syscall(2)).
#[cfg(target_arch = "x86_64")]
fn second_numbering() -> BpfProgram {
    const X32: u32 = 0x4000_0000;
    let (load, jump_if_at_least, answer) = (0x20, 0x35, 0x06);
    let (allow, refuse) = (0x7fff_0000, 0x0005_0000 | errno(libc::ENOSYS));
    let step = |code, jt, jf, k| sock_filter { code, jt, jf, k };
    vec![
        step(load, 0, 0, 0),
        step(jump_if_at_least, 0, 1, X32),
        step(answer, 0, 0, refuse),
        step(answer, 0, 0, allow),
    ]
}

type Rules = BTreeMap<i64, Vec<SeccompRule>>;

fn rules(level: Level) -> Result<Rules, seccompiler::BackendError> {
    let mut rules: Rules = REFUSED.iter().map(|call| (*call, Vec::new())).collect();
    rules.insert(libc::SYS_socket, vec![strange_family(level)?]);
    let new_user = u64::from(libc::CLONE_NEWUSER.cast_unsigned());
    let makes_user = SeccompCondition::new(
        0,
        SeccompCmpArgLen::Qword,
        SeccompCmpOp::MaskedEq(new_user),
        new_user,
    )?;
    rules.insert(libc::SYS_clone, vec![SeccompRule::new(vec![makes_user])?]);
    let typing = TYPING.map(|request| {
        let condition =
            SeccompCondition::new(1, SeccompCmpArgLen::Dword, SeccompCmpOp::Eq, request)?;
        SeccompRule::new(vec![condition])
    });
    rules.insert(
        libc::SYS_ioctl,
        typing.into_iter().collect::<Result<_, _>>()?,
    );
    // The limits and the scheduling of others, the sandbox's init among them.
    for call in [
        libc::SYS_prlimit64,
        libc::SYS_sched_setaffinity,
        libc::SYS_sched_setscheduler,
    ] {
        let others = SeccompCondition::new(0, SeccompCmpArgLen::Dword, SeccompCmpOp::Ne, 0)?;
        rules.insert(call, vec![SeccompRule::new(vec![others])?]);
    }
    if level == Level::Landlock {
        // Landlock does not guard these by path, and a read-only mount is not there to.
        for call in [
            libc::SYS_fchmodat,
            libc::SYS_fchownat,
            libc::SYS_utimensat,
            libc::SYS_setxattr,
            libc::SYS_lsetxattr,
            libc::SYS_removexattr,
        ] {
            rules.insert(call, Vec::new());
        }
        #[cfg(target_arch = "x86_64")]
        for call in [
            libc::SYS_chmod,
            libc::SYS_chown,
            libc::SYS_lchown,
            libc::SYS_utime,
        ] {
            rules.insert(call, Vec::new());
        }
    }
    Ok(rules)
}

/// Local sockets, and where the network is the sandbox's own, internet ones.
fn strange_family(level: Level) -> Result<SeccompRule, seccompiler::BackendError> {
    let known: &[i32] = match level {
        Level::Full => &[libc::AF_UNIX, libc::AF_INET, libc::AF_INET6],
        Level::Landlock | Level::Limits | Level::Bare => &[libc::AF_UNIX],
    };
    let conditions = known.iter().map(|family| {
        let family = u64::from(family.cast_unsigned());
        SeccompCondition::new(0, SeccompCmpArgLen::Dword, SeccompCmpOp::Ne, family)
    });
    SeccompRule::new(conditions.collect::<Result<_, _>>()?)
}

fn install(rules: Rules, refusal: SeccompAction) -> io::Result<()> {
    let arch = std::env::consts::ARCH
        .try_into()
        .map_err(io::Error::other)?;
    let filter = SeccompFilter::new(rules, SeccompAction::Allow, refusal, arch);
    let program: BpfProgram = filter
        .and_then(TryInto::try_into)
        .map_err(io::Error::other)?;
    seccompiler::apply_filter(&program).map_err(io::Error::other)
}

fn errno(number: i32) -> u32 {
    number.cast_unsigned()
}
