//! The system packages that compiling, running, and testing need. On Debian and its derivatives, missing packages are
//! installed. Elsewhere, the command that installs them is shown.

use crate::tools::Repository;
use anyhow::{Result, bail};
use std::collections::BTreeSet;
use xshell::cmd;

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum PackagePurpose {
    /// To compile the app and open its window.
    Run,
    /// Also to test the window, on a display and with a keyring of the test's own.
    Test,
}

/// The window (WebKitGTK, D-Bus), SQLCipher and TLS (a C compiler; Perl for OpenSSL's build), a keyring, a font.
const DEBIAN_RUN: [&str; 7] = [
    "build-essential",
    "fonts-dejavu-core",
    "gnome-keyring",
    "libdbus-1-dev",
    "libwebkit2gtk-4.1-dev",
    "perl",
    "pkg-config",
];

/// WebDriver, display, session bus, keyring access, and screenshots. WebKitGTK includes its own browser.
const DEBIAN_TEST: [&str; 5] = [
    "dbus",
    "imagemagick",
    "libsecret-tools",
    "webkit2gtk-driver",
    "xvfb",
];

/// Chromium and its WebDriver.
const DEBIAN_CHROMIUM: [&str; 2] = ["chromium", "chromium-driver"];
/// Ubuntu's names for them.
const UBUNTU_CHROMIUM: [&str; 2] = ["chromium-browser", "chromium-chromedriver"];

const LIBRARIES: [&str; 3] = ["webkit2gtk-4.1", "gtk+-3.0", "dbus-1"];
const PROGRAMS_TEST: [&str; 8] = [
    "WebKitWebDriver",
    "Xvfb",
    "chromedriver",
    "dbus-daemon",
    "dbus-send",
    "gnome-keyring-daemon",
    "import",
    "secret-tool",
];

const ELSEWHERE: &str = "  Fedora:  sudo dnf install gcc gcc-c++ make perl pkgconf-pkg-config webkit2gtk4.1-devel dbus-devel gnome-keyring \\
           dejavu-sans-fonts xorg-x11-server-Xvfb dbus-daemon dbus-tools libsecret ImageMagick \\
           chromium chromedriver
  Arch:    sudo pacman -S --needed base-devel perl pkgconf webkit2gtk-4.1 dbus gnome-keyring ttf-dejavu \\
           xorg-server-xvfb imagemagick chromium
  macOS:   xcode-select --install
  Windows: winget install Microsoft.VisualStudio.2022.BuildTools Microsoft.EdgeWebView2Runtime StrawberryPerl.StrawberryPerl";

/// Installs missing packages, or fails with the command that does.
pub fn ensure(repository: &Repository, purpose: PackagePurpose) -> Result<()> {
    if !cfg!(target_os = "linux") {
        return ensure_elsewhere(repository, purpose);
    }
    let release = repository
        .shell
        .read_file("/etc/os-release")
        .unwrap_or_default();
    if names(&release).any(|name| name == "debian" || name == "ubuntu") {
        ensure_debian(repository, purpose, &release)
    } else {
        ensure_linux(repository, purpose)
    }
}

/// This distribution's ID and the IDs it derives from.
fn names(os_release: &str) -> impl Iterator<Item = &str> {
    os_release
        .lines()
        .filter_map(|line| line.split_once('='))
        .filter(|(key, _)| matches!(*key, "ID" | "ID_LIKE"))
        .flat_map(|(_, value)| value.trim_matches('"').split_whitespace())
}

fn debian_packages(os_release: &str, purpose: PackagePurpose) -> Vec<&'static str> {
    let mut packages = DEBIAN_RUN.to_vec();
    if purpose == PackagePurpose::Test {
        packages.extend(DEBIAN_TEST);
        packages.extend(if names(os_release).any(|name| name == "ubuntu") {
            UBUNTU_CHROMIUM
        } else {
            DEBIAN_CHROMIUM
        });
    }
    packages
}

fn ensure_debian(repository: &Repository, purpose: PackagePurpose, os_release: &str) -> Result<()> {
    let names = debian_packages(os_release, purpose);
    let (shell, wanted) = (&repository.shell, names.as_slice());
    let format = "${db:Status-Status} ${Package}\n";
    // dpkg-query exits with 1 if a package is unknown, which is expected here.
    let query = cmd!(shell, "dpkg-query -W -f {format} {wanted...}");
    let answer = repository.read(query.ignore_status().ignore_stderr())?;
    let missing = missing_packages(wanted, &answer);
    if missing.is_empty() {
        return Ok(());
    }

    let packages = missing.join(" ");
    println!("Installing the missing packages: {packages}");
    let is_root = repository.read(cmd!(shell, "id -u"))? == "0";
    if !is_root && !repository.has("sudo", &["--version"]) {
        bail!(
            "these packages are missing: {packages}\n\
             There is no sudo here; as root, run: apt-get update && apt-get install --no-install-recommends {packages}"
        );
    }
    let sudo: &[&str] = if is_root { &[] } else { &["sudo"] };
    let apt: Vec<&str> = sudo
        .iter()
        .copied()
        .chain(["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"])
        .collect();
    let (apt, arguments) = (apt[0], &apt[1..]);
    repository.run(cmd!(shell, "{apt} {arguments...} update"))?;
    repository.run(cmd!(
        shell,
        "{apt} {arguments...} install -y --no-install-recommends {missing...}"
    ))
}

fn missing_packages<'a>(wanted: &[&'a str], answer: &str) -> Vec<&'a str> {
    let installed: BTreeSet<&str> = answer
        .lines()
        .filter_map(|line| line.strip_prefix("installed "))
        .collect();
    wanted
        .iter()
        .copied()
        .filter(|name| !installed.contains(name))
        .collect()
}

/// Other distributions: looks for the programs and libraries themselves, because package names differ.
fn ensure_linux(repository: &Repository, purpose: PackagePurpose) -> Result<()> {
    let mut missing: Vec<&str> = Vec::new();
    for library in LIBRARIES {
        if !repository.has("pkg-config", &["--exists", library]) {
            missing.push(library);
        }
    }
    if !repository.has("perl", &["--version"]) {
        missing.push("perl");
    }
    if purpose == PackagePurpose::Test {
        missing.extend(PROGRAMS_TEST.into_iter().filter(|name| !is_in_path(name)));
    }
    report(&missing)
}

/// macOS and Windows: a compiler is there, since it compiled this program; building OpenSSL also needs Perl.
fn ensure_elsewhere(repository: &Repository, purpose: PackagePurpose) -> Result<()> {
    if purpose == PackagePurpose::Test {
        eprintln!("note: the end-to-end tests drive WebKitGTK and run on Linux only");
    }
    if repository.has("perl", &["--version"]) {
        return Ok(());
    }
    report(&["perl"])
}

fn report(missing: &[&str]) -> Result<()> {
    if missing.is_empty() {
        return Ok(());
    }
    bail!(
        "not found on this system: {}\nInstall what is missing, then try again:\n{ELSEWHERE}",
        missing.join(", ")
    )
}

fn is_in_path(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
}

#[cfg(test)]
mod tests {
    use super::{PackagePurpose, debian_packages, missing_packages, names};

    #[test]
    fn distributions_are_known_by_their_names() {
        for (text, expected) in [
            ("ID=debian\n", &["debian"][..]),
            (
                "ID=linuxmint\nID_LIKE=\"ubuntu debian\"\n",
                &["linuxmint", "ubuntu", "debian"],
            ),
            ("NAME=x\nID=ubuntu\n", &["ubuntu"]),
            ("ID=arch\nNAME=\"debian look\"\n", &["arch"]),
            ("", &[]),
        ] {
            assert_eq!(names(text).collect::<Vec<_>>(), expected, "{text}");
        }
    }

    #[test]
    fn chromium_goes_by_two_names_and_only_tests_need_it() {
        let has = |text, purpose, name| debian_packages(text, purpose).contains(&name);
        assert!(has("ID=debian\n", PackagePurpose::Test, "chromium"));
        assert!(has("ID=ubuntu\n", PackagePurpose::Test, "chromium-browser"));
        assert!(!has("ID=ubuntu\n", PackagePurpose::Test, "chromium"));
        assert!(!has("ID=debian\n", PackagePurpose::Run, "chromium"));
    }

    #[test]
    fn a_package_that_was_removed_or_never_known_is_missing() {
        let answer = "installed perl\nconfig-files xvfb\ninstalled pkg-config\n";
        assert_eq!(
            missing_packages(&["perl", "pkg-config", "xvfb", "dbus"], answer),
            ["xvfb", "dbus"]
        );
    }
}
