use super::*;
use std::fs;
use std::os::unix::fs::symlink;

/// A folder with a file in a folder, and one outside that must not be reached.
struct Scene {
    folder: tempfile::TempDir,
}

impl Scene {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        for place in ["in/a/b", "out/b"] {
            fs::create_dir_all(folder.path().join(place)).unwrap();
        }
        fs::write(folder.path().join("in/a/b/file"), "inside").unwrap();
        fs::write(folder.path().join("out/b/file"), "outside").unwrap();
        Self { folder }
    }

    fn path(&self, below: &str) -> PathBuf {
        self.folder.path().join(below)
    }

    fn replace_by_link(&self, below: &str, target: &str) {
        let path = self.path(below);
        fs::rename(&path, self.path("moved")).unwrap();
        symlink(self.path(target), path).unwrap();
    }

    fn read(&self) -> Result<Vec<u8>, Refusal> {
        let root = UntrustedDir::open(&self.path("in"))?;
        root.dir("a")?.dir("b")?.file("file", 100)
    }

    fn pipe(&self, below: &str) {
        let mode = rustix::fs::Mode::RWXU;
        rustix::fs::mkfifoat(rustix::fs::CWD, self.path(below), mode).unwrap();
    }
}

fn kind_instead(refused: Result<impl fmt::Debug, Refusal>) -> Kind {
    match refused.unwrap_err().why {
        Why::Is(kind) => kind,
        why => panic!("{why:?}"),
    }
}

#[test]
fn a_file_is_read_where_every_step_to_it_is_a_folder() {
    assert_eq!(Scene::new().read().unwrap(), b"inside");
}

#[test]
fn a_link_at_any_step_below_the_named_folder_is_not_followed() {
    for (place, target) in [
        ("in/a", "out"),
        ("in/a/b", "out/b"),
        ("in/a/b/file", "out/b/file"),
    ] {
        let scene = Scene::new();
        scene.replace_by_link(place, target);
        let refusal = scene.read().unwrap_err();
        assert_eq!(refusal.path, scene.path(place));
        assert!(matches!(refusal.why, Why::Is(Kind::Link)), "{refusal:?}");
    }
}

#[test]
fn the_named_folder_itself_may_be_a_link() {
    let scene = Scene::new();
    scene.replace_by_link("in", "moved");
    assert_eq!(scene.read().unwrap(), b"inside");
}

#[test]
#[cfg(not(grader_portable))]
fn a_folder_that_is_swapped_after_it_was_opened_is_still_the_one_that_is_read() {
    let scene = Scene::new();
    let opened = UntrustedDir::open(&scene.path("in")).unwrap();
    let opened = opened.dir("a").unwrap();
    scene.replace_by_link("in/a", "out");
    let bytes = opened.dir("b").unwrap().file("file", 100).unwrap();
    assert_eq!(bytes, b"inside");
}

#[test]
fn only_regular_files_are_read_and_a_pipe_is_not_waited_for() {
    let scene = Scene::new();
    scene.pipe("in/pipe");
    let _socket = std::os::unix::net::UnixListener::bind(scene.path("in/socket")).unwrap();
    let folder = UntrustedDir::open(&scene.path("in")).unwrap();
    assert_eq!(kind_instead(folder.file("pipe", 100)), Kind::Other);
    assert_eq!(kind_instead(folder.file("socket", 100)), Kind::Other);
    assert_eq!(kind_instead(folder.file("a", 100)), Kind::Folder);
    let devices = UntrustedDir::open(Path::new("/dev")).unwrap();
    assert_eq!(kind_instead(devices.file("zero", 100)), Kind::Other);
    assert!(!folder.has_file("pipe") && !folder.has_file("a"));
}

#[test]
fn only_folders_are_entered() {
    let scene = Scene::new();
    scene.pipe("in/pipe");
    let folder = UntrustedDir::open(&scene.path("in")).unwrap();
    assert_eq!(kind_instead(folder.dir("pipe")), Kind::Other);
    let inner = folder.dir("a").unwrap().dir("b").unwrap();
    assert_eq!(kind_instead(inner.dir("file")), Kind::File);
    let named = UntrustedDir::open(&scene.path("in/a/b/file"));
    assert_eq!(kind_instead(named), Kind::File);
}

#[test]
fn no_name_leads_out_of_a_folder() {
    let scene = Scene::new();
    let folder = UntrustedDir::open(&scene.path("in/a")).unwrap();
    let absolute = scene.path("out");
    for name in [
        "..",
        ".",
        "",
        "b/..",
        "b/",
        "../a",
        absolute.to_str().unwrap(),
    ] {
        assert!(folder.dir(name).is_err(), "{name:?}");
    }
}

#[test]
fn no_more_of_a_file_is_read_than_was_asked_for() {
    let scene = Scene::new();
    let folder = UntrustedDir::open(&scene.path("in/a/b")).unwrap();
    assert_eq!(folder.file("file", 6).unwrap(), b"inside");
    let refusal = folder.file("file", 5).unwrap_err();
    assert!(matches!(refusal.why, Why::LongerThan(5)), "{refusal:?}");
}

#[test]
fn a_listing_is_sorted_tells_the_kinds_and_says_whether_it_is_complete() {
    let scene = Scene::new();
    scene.pipe("in/pipe");
    symlink("nowhere", scene.path("in/link")).unwrap();
    fs::write(scene.path("in/file"), "").unwrap();
    let folder = UntrustedDir::open(&scene.path("in")).unwrap();
    let listing = folder.entries(4).unwrap();
    assert!(listing.is_complete);
    let found: Vec<_> = listing.entries.iter().map(|entry| entry.kind).collect();
    assert_eq!(
        found,
        [Kind::Folder, Kind::File, Kind::Link, Kind::Other],
        "{listing:?}"
    );
    let listing = folder.entries(3).unwrap();
    assert!(!listing.is_complete && listing.entries.len() == 3);
}

#[test]
fn a_file_is_put_in_the_place_of_a_link_and_not_where_the_link_leads() {
    let scene = Scene::new();
    scene.replace_by_link("in/a/b/file", "out/b/file");
    let folder = UntrustedDir::open(&scene.path("in/a/b")).unwrap();
    folder.put("file", "new").unwrap();
    assert_eq!(folder.file("file", 100).unwrap(), b"new");
    let outside = fs::read_to_string(scene.path("out/b/file")).unwrap();
    assert_eq!(outside, "outside");
    assert_eq!(folder.entries(9).unwrap().entries.len(), 1);
}

#[test]
fn a_folder_is_made_where_nothing_is_and_never_behind_a_link() {
    let scene = Scene::new();
    let folder = UntrustedDir::open(&scene.path("in")).unwrap();
    folder.make_dir("new").unwrap().put("file", "").unwrap();
    folder.make_dir("new").unwrap();
    symlink(scene.path("out"), scene.path("in/link")).unwrap();
    assert_eq!(kind_instead(folder.make_dir("link")), Kind::Link);
}
