//! The private root of a full sandbox: only what the policy names, read-only, and one folder
//! in memory to write in.

use super::confinement::{DEVICES, at};
use super::namespaces;
use super::policy::Policy;
use rustix::mount::{
    MountFlags, MountPropagationFlags, UnmountFlags, mount, mount_bind_recursive, mount_change,
    mount_remount, unmount,
};
use rustix::process::{chdir, pivot_root};
use std::ffi::CString;
use std::fs;
use std::io;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

/// The machine's device that programs find as `/dev/zero`: it reads the same, and cannot be mapped
/// into memory, where what is shared counts for no process.
const ZERO: (&str, &str) = ("/dev/zero", "/dev/full");

/// Files and folders that fit in the writable folder.
const INODES: u32 = 20_000;

/// What every mount is.
fn base() -> MountFlags {
    MountFlags::NOSUID | MountFlags::NODEV
}

/// Builds the root and moves into it.
pub(super) fn enter_root(policy: &Policy) -> io::Result<()> {
    namespaces::leave_mounts()?;
    let all = MountPropagationFlags::PRIVATE | MountPropagationFlags::REC;
    mount_change("/", all).map_err(at("make mounts private"))?;
    let root = Path::new(&policy.root);
    tmpfs(root, base(), "size=4m,mode=755")?;
    fill_root(policy, root).map_err(at("mount"))?;
    chdir(root)?;
    // The same place twice: the old root lies over the new one and is then taken away.
    pivot_root(".", ".").map_err(at("pivot_root"))?;
    unmount(".", UnmountFlags::DETACH).map_err(at("leave the old root"))?;
    chdir("/")?;
    mount_remount("/", MountFlags::BIND | MountFlags::RDONLY | base(), "")
        .map_err(at("make the root read-only"))?;
    mount_writable(policy)
}

fn fill_root(policy: &Policy, root: &Path) -> io::Result<()> {
    let bind = |source: &str, inside: &str, access| {
        bind(Path::new(source), &below(root, Path::new(inside)), access)
    };
    for (host, inside) in &policy.readable {
        bind(host, inside, Access::Readable)?;
    }
    for device in DEVICES {
        let source = if device == ZERO.0 { ZERO.1 } else { device };
        bind(source, device, Access::Device)?;
    }
    if let Some((host, inside)) = &policy.persistent {
        bind(host, inside, Access::Writable)?;
    }
    if policy.purpose.sees_proc() {
        mount_proc(&below(root, Path::new("/proc")))?;
    }
    fs::create_dir_all(below(root, Path::new(&policy.writable)))
}

fn mount_proc(proc: &Path) -> io::Result<()> {
    fs::create_dir_all(proc)?;
    let flags = base() | MountFlags::NOEXEC;
    let options = text("subset=pid,hidepid=2")?;
    mount("proc", proc, "proc", flags, options.as_c_str()).map_err(at("/proc"))
}

/// Mounts an empty memory file system where programs may write.
fn mount_writable(policy: &Policy) -> io::Result<()> {
    let options = format!("size={},nr_inodes={INODES},mode=700", policy.writable_bytes);
    let flags = base() | MountFlags::NOEXEC;
    tmpfs(Path::new(&policy.writable), flags, &options)
}

/// The same anew. Nothing of the old one is left, its own mode and attributes included.
pub(super) fn renew_writable(policy: &Policy) -> io::Result<()> {
    let writable = Path::new(&policy.writable);
    unmount(writable, UnmountFlags::DETACH).map_err(at("unmount the writable folder"))?;
    mount_writable(policy)
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
        // A device can be written to all the same; its mode, times and owner cannot be changed.
        Access::Device => MountFlags::RDONLY | MountFlags::NOEXEC,
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
