//! The private root of a full sandbox: only what the policy names, read-only, and one folder
//! in memory to write in.

use super::policy::Policy;
use rustix::mount::{
    MountFlags, MountPropagationFlags, UnmountFlags, mount, mount_bind_recursive, mount_change,
    mount_remount, unmount,
};
use rustix::process::{chdir, pivot_root};
use rustix::thread::{UnshareFlags, unshare_unsafe};
use std::ffi::CString;
use std::fs;
use std::io;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

/// Devices that give and take, and nothing else.
const DEVICES: &[&str] = &["null", "zero", "full", "urandom", "random"];

/// Files and folders that fit in the writable folder.
const INODES: u32 = 20_000;

/// Builds the root and moves into it.
pub(super) fn enter_root(policy: &Policy) -> io::Result<()> {
    own_mounts()?;
    let root = Path::new(&policy.root);
    let base = MountFlags::NOSUID | MountFlags::NODEV;
    tmpfs(root, base, "size=4m,mode=755")?;
    for (host, inside) in &policy.readable {
        bind(
            Path::new(host),
            &below(root, Path::new(inside)),
            Access::Readable,
        )?;
    }
    for device in DEVICES {
        let device = Path::new("/dev").join(device);
        bind(&device, &below(root, &device), Access::Device)?;
    }
    if let Some((host, inside)) = &policy.persistent {
        bind(
            Path::new(host),
            &below(root, Path::new(inside)),
            Access::Writable,
        )?;
    }
    let writable = below(root, Path::new(&policy.writable));
    fs::create_dir_all(&writable)?;
    let options = format!("size={},nr_inodes={INODES},mode=700", policy.writable_bytes);
    tmpfs(&writable, base | MountFlags::NOEXEC, &options)?;
    if policy.proc {
        let proc = below(root, Path::new("/proc"));
        fs::create_dir_all(&proc)?;
        let options = text("subset=pid,hidepid=2")?;
        mount(
            "proc",
            &proc,
            "proc",
            base | MountFlags::NOEXEC,
            options.as_c_str(),
        )
        .map_err(at("mount /proc"))?;
    }
    chdir(root)?;
    // The same place twice: the old root lies over the new one and is then taken away.
    pivot_root(".", ".").map_err(at("pivot_root"))?;
    unmount(".", UnmountFlags::DETACH)?;
    chdir("/")?;
    mount_remount("/", MountFlags::BIND | MountFlags::RDONLY | base, "")
        .map_err(at("make the root read-only"))
}

#[expect(unsafe_code, reason = "the system call has no safe wrapper")]
fn own_mounts() -> io::Result<()> {
    // SAFETY: only the mount namespace is left, no descriptor table; init has one thread.
    unsafe { unshare_unsafe(UnshareFlags::NEWNS) }.map_err(at("unshare mounts"))?;
    let all = MountPropagationFlags::PRIVATE | MountPropagationFlags::REC;
    Ok(mount_change("/", all)?)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Access {
    Readable,
    Writable,
    Device,
}

fn bind(source: &Path, target: &Path, access: Access) -> io::Result<()> {
    // Mounted over what another mount shows: a folder made for it there.
    let is_prepared = target.symlink_metadata().is_ok();
    if is_prepared && access == Access::Readable {
        return Ok(());
    }
    let about = source
        .symlink_metadata()
        .map_err(at(&source.to_string_lossy()))?;
    if let Some(parent) = target.parent() {
        fs::create_dir_all(parent)?;
    }
    if about.is_symlink() {
        return symlink(fs::read_link(source)?, target);
    }
    if about.is_dir() && !is_prepared {
        fs::create_dir(target)?;
    } else if !is_prepared {
        fs::write(target, "")?;
    }
    mount_bind_recursive(source, target).map_err(at(&source.to_string_lossy()))?;
    let flags = match access {
        Access::Readable => MountFlags::RDONLY | MountFlags::NODEV,
        Access::Writable => MountFlags::NODEV | MountFlags::NOEXEC,
        Access::Device => MountFlags::NOEXEC,
    };
    mount_remount(target, MountFlags::BIND | MountFlags::NOSUID | flags, "")
        .map_err(at(&source.to_string_lossy()))
}

fn tmpfs(target: &Path, flags: MountFlags, options: &str) -> io::Result<()> {
    let options = text(options)?;
    mount("tmpfs", target, "tmpfs", flags, options.as_c_str()).map_err(at("mount tmpfs"))
}

fn below(root: &Path, path: &Path) -> PathBuf {
    root.join(path.strip_prefix("/").unwrap_or(path))
}

fn text(options: &str) -> io::Result<CString> {
    CString::new(options).map_err(io::Error::other)
}

/// Says at which step a system call failed.
fn at<E: Into<io::Error>>(step: &str) -> impl FnOnce(E) -> io::Error + use<'_, E> {
    move |error| io::Error::other(format!("{step}: {}", error.into()))
}
