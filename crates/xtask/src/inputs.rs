//! What a step depends on, as a fingerprint. A step that passed leaves its fingerprint in the target folder; while
//! nothing has changed since, it need not run again.

use crate::tools::Repository;
use anyhow::Result;
use std::collections::BTreeSet;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use xshell::cmd;

/// The files that a step depends on. Each also depends on the tools and on the environment.
#[derive(Clone, Copy)]
pub enum Inputs {
    /// The folder `ui`.
    Ui,
    /// Everything but the folder `ui`, except for the types generated there.
    AllButUi,
    /// Every file of the repository.
    All,
}

/// Variables with these beginnings change what a step does.
const VARIABLES: [&str; 22] = [
    "AR",
    "BALANCE_DESK",
    "CARGO",
    "CC",
    "CFLAGS",
    "CI",
    "CXX",
    "DESK",
    "GTK",
    "LANG",
    "LC_",
    "LD_",
    "NEXTEST",
    "NODE",
    "OPENSSL",
    "PATH",
    "PKG_CONFIG",
    "PLAID",
    "RUST",
    "TS_RS",
    "TZ",
    "WEBKIT",
];

/// Tools whose version changes what a step does.
const TOOLS: [&[&str]; 6] = [
    &["rustc", "-vV"],
    &["cargo", "nextest", "--version"],
    &["node", "--version"],
    &["cc", "--version"],
    &["uname", "-srm"],
    // The packages of a Debian system with their versions.
    &["dpkg-query", "-W"],
];

impl Inputs {
    fn contain(self, path: &Path) -> bool {
        match self {
            Self::Ui => path.starts_with("ui"),
            Self::AllButUi => !path.starts_with("ui") || path.starts_with("ui/src/api"),
            Self::All => true,
        }
    }

    /// The fingerprint now; none where Git cannot list the files.
    pub fn fingerprint(self, repository: &Repository) -> Option<String> {
        let shell = &repository.shell;
        let list = cmd!(
            shell,
            "git ls-files -z --cached --others --exclude-standard"
        );
        let list = repository.read(list.ignore_stderr()).ok()?;
        // A file in conflict is listed several times.
        let files: BTreeSet<&Path> = list.split_terminator('\0').map(Path::new).collect();
        let mut hasher = DefaultHasher::new();
        for path in files.into_iter().filter(|path| self.contain(path)) {
            path.hash(&mut hasher);
            // A deleted file is listed until the deletion is committed.
            fs::read(repository.root.join(path)).ok().hash(&mut hasher);
        }
        for tool in TOOLS {
            let (program, arguments) = (tool[0], &tool[1..]);
            let version = cmd!(shell, "{program} {arguments...}").ignore_stderr();
            repository.read(version).ok().hash(&mut hasher);
        }
        let mut variables: Vec<_> = std::env::vars_os()
            .filter(|(name, _)| {
                let name = name.to_string_lossy();
                VARIABLES
                    .iter()
                    .any(|beginning| name.starts_with(beginning))
            })
            .collect();
        variables.sort();
        variables.hash(&mut hasher);
        Some(format!("{:016x}", hasher.finish()))
    }
}

/// The record that a step passed.
pub struct PassedStamp {
    path: PathBuf,
    fingerprint: Option<String>,
}

impl PassedStamp {
    /// The record of this step. It does not hold until [`Self::keep`].
    pub fn of(repository: &Repository, step: &str, inputs: Inputs) -> Self {
        Self {
            path: repository
                .target()
                .join("xtask")
                .join("passed")
                .join(step.replace(' ', "-")),
            fingerprint: inputs.fingerprint(repository),
        }
    }

    /// Whether the step passed with these inputs.
    pub fn holds(&self) -> bool {
        self.fingerprint.is_some() && fs::read_to_string(&self.path).ok() == self.fingerprint
    }

    /// Forgets that the step passed, before it runs again.
    pub fn forget(&self) {
        // There may be none.
        let _ = fs::remove_file(&self.path);
    }

    /// Records that the step passed, unless its inputs changed while it ran.
    pub fn keep(&self, repository: &Repository, inputs: Inputs) -> Result<()> {
        if let Some(fingerprint) = &self.fingerprint
            && inputs.fingerprint(repository).as_ref() == Some(fingerprint)
            && let Some(folder) = self.path.parent()
        {
            fs::create_dir_all(folder)?;
            fs::write(&self.path, fingerprint)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{Inputs, PassedStamp};
    use crate::tools::Repository;
    use std::fs;
    use std::path::Path;
    use xshell::cmd;

    #[test]
    fn generated_types_are_inputs_of_both_sides() {
        for (path, ui, rest) in [
            ("ui/src/app/App.tsx", true, false),
            ("ui/src/api/types/Problem.ts", true, true),
            ("crates/desk/src/lib.rs", false, true),
            ("uitest", false, true),
        ] {
            let path = Path::new(path);
            assert_eq!(Inputs::Ui.contain(path), ui, "{}", path.display());
            assert_eq!(Inputs::AllButUi.contain(path), rest, "{}", path.display());
            assert!(Inputs::All.contain(path));
        }
    }

    #[test]
    fn a_stamp_holds_until_a_file_changes() {
        let root = std::env::temp_dir().join(format!("xtask-inputs-{}", std::process::id()));
        fs::create_dir_all(root.join("src")).unwrap();
        let repository = Repository::at(root.clone()).unwrap();
        let shell = &repository.shell;
        cmd!(shell, "git init --quiet").quiet().run().unwrap();
        let write = |name: &str, text: &str| fs::write(root.join(name), text).unwrap();
        write(".gitignore", "/target\n");
        write("src/a.rs", "1");
        let stamp = || PassedStamp::of(&repository, "a step", Inputs::All);
        let passes = || {
            let stamp = stamp();
            stamp.forget();
            stamp.keep(&repository, Inputs::All).unwrap();
        };
        let holds = || {
            let path = stamp().path;
            // Also where CARGO_TARGET_DIR names a folder outside.
            path.is_file() && stamp().holds()
        };

        assert!(!holds(), "nothing passed yet");
        passes();
        assert!(holds());
        write("src/a.rs", "2");
        assert!(!holds(), "a file changed");
        passes();
        write("src/b.rs", "new and not added");
        assert!(!holds(), "a file is new");
        passes();
        fs::remove_file(root.join("src/b.rs")).unwrap();
        assert!(!holds(), "a file is gone");

        let changed_meanwhile = stamp();
        write("src/a.rs", "3");
        changed_meanwhile.keep(&repository, Inputs::All).unwrap();
        assert!(!holds(), "a file changed while the step ran");
        stamp().forget();
        fs::remove_dir_all(root).unwrap();
    }
}
