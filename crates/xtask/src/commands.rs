//! Reads the app's commands from their only list: the `#[tauri::command]` functions in `src-tauri/src/commands`.

use crate::cache::Provides;
use anyhow::{Context, Result, bail};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use syn::{
    Attribute, Expr, FnArg, GenericArgument, Item, ItemFn, Lit, Meta, Pat, ReturnType, Type,
};

/// What Tauri passes to a command itself.
const FROM_TAURI: [&str; 3] = ["AppHandle", "ShellState", "State"];

pub struct Command {
    /// The name of its file.
    pub feature: String,
    pub name: String,
    pub docs: Vec<String>,
    pub parameters: Vec<Parameter>,
    /// TypeScript.
    pub result: String,
    /// The tags of what it reads, for the UI's cache; none for a command that is not cached.
    pub provides: Option<Vec<String>>,
}

pub struct Parameter {
    /// As the UI writes it.
    pub name: String,
    /// TypeScript; for a channel, the type of its messages.
    pub kind: String,
    pub channel: bool,
}

/// The commands, and the names of the Rust types they exchange with the UI.
pub struct Commands {
    pub list: Vec<Command>,
    pub types: BTreeSet<String>,
}

/// Reads every command file, in the order of their names.
pub fn read(root: &Path) -> Result<Commands> {
    let folder = root.join("src-tauri/src/commands");
    let mut commands = Commands {
        list: Vec::new(),
        types: BTreeSet::new(),
    };
    let mut files: Vec<_> = fs::read_dir(&folder)
        .with_context(|| format!("cannot read {}", folder.display()))?
        .collect::<Result<_, _>>()?;
    files.sort_by_key(fs::DirEntry::path);
    for file in files.iter().map(fs::DirEntry::path) {
        let feature = file.file_stem().unwrap_or_default().to_string_lossy();
        commands
            .read_file(&feature, &fs::read_to_string(&file)?)
            .with_context(|| format!("in {}", file.display()))?;
    }
    let mut features = BTreeMap::new();
    for command in &commands.list {
        if let Some(other) = features.insert(&command.name, &command.feature) {
            bail!(
                "{} is a command of {other} and of {}",
                command.name,
                command.feature
            );
        }
    }
    Ok(commands)
}

impl Commands {
    fn read_file(&mut self, feature: &str, source: &str) -> Result<()> {
        let first = self.list.len();
        let mut provides = Vec::new();
        for item in syn::parse_file(source)?.items {
            match item {
                Item::Fn(function) if function.attrs.iter().any(is_command) => {
                    let name = function.sig.ident.to_string();
                    let command = self
                        .read_function(feature, &function)
                        .with_context(|| format!("the command {name}"))?;
                    self.list.push(command);
                }
                Item::Macro(call) if call.mac.path.is_ident("provides") => {
                    provides.extend(call.mac.parse_body::<Provides>()?.0);
                }
                _ => {}
            }
        }
        for line in provides {
            let command = self.list[first..]
                .iter_mut()
                .find(|command| command.name == line.command);
            let command = command.with_context(|| {
                format!("provides! names {}, which is no command here", line.command)
            })?;
            command.provides = Some(line.tags);
        }
        Ok(())
    }

    fn read_function(&mut self, feature: &str, function: &ItemFn) -> Result<Command> {
        let mut parameters = Vec::new();
        for input in &function.sig.inputs {
            let FnArg::Typed(input) = input else {
                bail!("a command has no receiver");
            };
            let (Pat::Ident(name), (outer, arguments)) = (&*input.pat, path(&input.ty)?) else {
                bail!("a parameter of a command has a plain name");
            };
            if FROM_TAURI.contains(&outer.as_str()) {
                continue;
            }
            let channel = outer == "Channel";
            let kind = match arguments.first() {
                Some(message) if channel => message,
                _ => &&*input.ty,
            };
            parameters.push(Parameter {
                name: camel_case(&name.ident.to_string()),
                kind: self.typescript(kind)?,
                channel,
            });
        }
        let ReturnType::Type(_, answer) = &function.sig.output else {
            bail!("a command returns a Result");
        };
        let (_, arguments) = path(answer)?;
        let result = arguments.first().context("a command returns a Result")?;
        Ok(Command {
            feature: feature.to_owned(),
            name: function.sig.ident.to_string(),
            docs: function.attrs.iter().filter_map(doc_line).collect(),
            parameters,
            result: self.typescript(result)?,
            provides: None,
        })
    }

    fn typescript(&mut self, kind: &Type) -> Result<String> {
        if matches!(kind, Type::Tuple(tuple) if tuple.elems.is_empty()) {
            return Ok("null".into());
        }
        let (name, arguments) = path(kind)?;
        Ok(match (name.as_str(), arguments.as_slice()) {
            ("String" | "Passphrase", []) => "string".into(),
            ("bool", []) => "boolean".into(),
            ("u8" | "u16" | "u32" | "u64" | "usize" | "i32" | "i64", []) => "number".into(),
            ("Option", [inner]) => format!("{} | null", self.typescript(inner)?),
            ("Vec", [inner]) => format!("Array<{}>", self.typescript(inner)?),
            (_, []) => {
                self.types.insert(name.clone());
                name
            }
            _ => bail!("xtask does not know how the UI sees the type {name}<..>"),
        })
    }
}

/// The last name of a path, and its generic types.
fn path(kind: &Type) -> Result<(String, Vec<&Type>)> {
    let Type::Path(path) = kind else {
        bail!("a command exchanges types that have names");
    };
    let last = path.path.segments.last().context("an empty path")?;
    let mut types = Vec::new();
    if let syn::PathArguments::AngleBracketed(arguments) = &last.arguments {
        types.extend(arguments.args.iter().filter_map(|argument| match argument {
            GenericArgument::Type(inner) => Some(inner),
            _ => None,
        }));
    }
    Ok((last.ident.to_string(), types))
}

fn is_command(attribute: &Attribute) -> bool {
    let path = attribute.path();
    path.segments.len() == 2
        && path.segments[0].ident == "tauri"
        && path.segments[1].ident == "command"
}

fn doc_line(attribute: &Attribute) -> Option<String> {
    let Meta::NameValue(pair) = &attribute.meta else {
        return None;
    };
    match &pair.value {
        Expr::Lit(value) if pair.path.is_ident("doc") => match &value.lit {
            Lit::Str(text) => Some(text.value().trim().to_owned()),
            _ => None,
        },
        _ => None,
    }
}

/// `account_id` and `AccountId` as `accountId`.
pub fn camel_case(name: &str) -> String {
    let mut result = String::new();
    let mut upper = false;
    for letter in name.chars() {
        match letter {
            '_' => upper = true,
            _ if result.is_empty() => result.extend(letter.to_lowercase()),
            _ if upper => {
                result.extend(letter.to_uppercase());
                upper = false;
            }
            _ => result.push(letter),
        }
    }
    result
}
