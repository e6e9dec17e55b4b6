//! Reads what outdates the UI's cache: the tags that each read provides (`provides!` in the command files), and those
//! that each event invalidates (`DeskEvent::invalidates`).

use anyhow::{Context, Result, bail, ensure};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use syn::parse::{Parse, ParseStream};
use syn::{Expr, Ident, ImplItem, Item, ItemEnum, ItemImpl, Pat, Stmt, Token, Type, bracketed};

/// The events, each with the tags it invalidates, and all tags.
pub struct Invalidation {
    pub tags: Vec<String>,
    pub events: Vec<(String, Vec<String>)>,
}

/// Reads the tags and events from the file that declares them.
pub fn read(root: &Path) -> Result<Invalidation> {
    let file = event_file(&root.join("crates"))?.context("no event.rs declares DeskEvent")?;
    parse(&fs::read_to_string(&file)?).with_context(|| format!("in {}", file.display()))
}

fn event_file(folder: &Path) -> Result<Option<PathBuf>> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            if let Some(found) = event_file(&path)? {
                return Ok(Some(found));
            }
        } else if path.ends_with("event.rs")
            && fs::read_to_string(&path)?.contains("pub enum DeskEvent")
        {
            return Ok(Some(path));
        }
    }
    Ok(None)
}

fn parse(source: &str) -> Result<Invalidation> {
    let items = syn::parse_file(source)?.items;
    let variants = |name: &str| {
        items.iter().find_map(|item| match item {
            Item::Enum(ItemEnum {
                ident, variants, ..
            }) if ident == name => Some(
                variants
                    .iter()
                    .map(|one| one.ident.to_string())
                    .collect::<Vec<_>>(),
            ),
            _ => None,
        })
    };
    let tags = variants("CacheTag").context("there is no enum CacheTag")?;
    let names = variants("DeskEvent").context("there is no enum DeskEvent")?;
    let rules = items
        .iter()
        .find_map(rules)
        .context("there is no DeskEvent::invalidates")??;
    let mut events = Vec::new();
    for name in names {
        let rule = rules.iter().find(|(event, _)| *event == name);
        let (_, tags) =
            rule.with_context(|| format!("DeskEvent::invalidates does not name {name}"))?;
        events.push((name, tags.clone()));
    }
    Ok(Invalidation { tags, events })
}

type Rules = Vec<(String, Vec<String>)>;

/// The arms of `invalidates`, if this is the `impl` that has it.
fn rules(item: &Item) -> Option<Result<Rules>> {
    let Item::Impl(ItemImpl {
        self_ty,
        trait_: None,
        items,
        ..
    }) = item
    else {
        return None;
    };
    if !matches!(&**self_ty, Type::Path(path) if path.path.is_ident("DeskEvent")) {
        return None;
    }
    items.iter().find_map(|item| match item {
        ImplItem::Fn(function) if function.sig.ident == "invalidates" => {
            match function.block.stmts.as_slice() {
                [Stmt::Expr(Expr::Match(decision), None)] => Some(
                    decision
                        .arms
                        .iter()
                        .map(|arm| Ok((events(&arm.pat)?, tags(&arm.body)?)))
                        .collect::<Result<Vec<_>>>()
                        .map(flatten),
                ),
                _ => Some(Err(anyhow::anyhow!("DeskEvent::invalidates is one match"))),
            }
        }
        _ => None,
    })
}

fn flatten(arms: Vec<(Vec<String>, Vec<String>)>) -> Rules {
    let arms = arms.into_iter();
    arms.flat_map(|(events, tags)| events.into_iter().map(move |event| (event, tags.clone())))
        .collect()
}

fn events(pattern: &Pat) -> Result<Vec<String>> {
    let path = match pattern {
        Pat::Or(either) => {
            let parts: Result<Vec<_>> = either.cases.iter().map(events).collect();
            return Ok(parts?.concat());
        }
        Pat::Path(pattern) => &pattern.path,
        Pat::Struct(pattern) => &pattern.path,
        _ => bail!("DeskEvent::invalidates names each event"),
    };
    Ok(path
        .segments
        .last()
        .map(|segment| segment.ident.to_string())
        .into_iter()
        .collect())
}

fn tags(value: &Expr) -> Result<Vec<String>> {
    if let Expr::Reference(reference) = value
        && let Expr::Array(array) = &*reference.expr
    {
        let names = array.elems.iter().map(|tag| match tag {
            Expr::Path(path) => path
                .path
                .segments
                .last()
                .map(|segment| segment.ident.to_string()),
            _ => None,
        });
        if let Some(names) = names.collect() {
            return Ok(names);
        }
    }
    bail!("DeskEvent::invalidates answers slices of tags, written out")
}

/// One line of `provides!`.
pub struct Provided {
    pub command: String,
    pub tags: Vec<String>,
}

/// The content of `provides!`: `command: [Tag, Tag];` for each.
pub struct Provides(pub Vec<Provided>);

impl Parse for Provides {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let mut lines = Vec::new();
        while !input.is_empty() {
            let command: Ident = input.parse()?;
            input.parse::<Token![:]>()?;
            let list;
            bracketed!(list in input);
            let tags = list.parse_terminated(Ident::parse, Token![,])?;
            input.parse::<Token![;]>()?;
            lines.push(Provided {
                command: command.to_string(),
                tags: tags.iter().map(Ident::to_string).collect(),
            });
        }
        Ok(Self(lines))
    }
}

/// Fails on a tag that only one side knows: what it stands for would never be read again, or never be outdated.
pub fn check<'a>(
    invalidation: &Invalidation,
    provided: impl Iterator<Item = &'a String>,
) -> Result<()> {
    let provided: BTreeSet<&String> = provided.collect();
    let invalidated: BTreeSet<&String> = invalidation
        .events
        .iter()
        .flat_map(|(_, tags)| tags)
        .collect();
    for tag in &invalidation.tags {
        ensure!(provided.contains(tag), "no command provides {tag}");
        ensure!(invalidated.contains(tag), "no event invalidates {tag}");
    }
    Ok(())
}
