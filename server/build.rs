//! The words of the interface as functions: a key that a language lacks, or a variable that it names otherwise, ends the
//! build here; a key that nobody uses is dead code, which the generated module denies.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement};
use fluent_syntax::parser::parse;

/// Files of words, with the pattern of their language in `match`.
const LANGUAGES: [(&str, &str); 3] =
    [("ca", "Language::Ca"), ("es", "Language::Es"), ("en", "Language::En | Language::Other")];

/// Keys that scripts use: they are served as a module a language.
const SCRIPTS: &str = "js-";

/// What a message says, and the variables in it.
struct Message {
    /// Nothing for a message that depends on its variables' values.
    plain: Option<String>,
    variables: BTreeSet<String>,
}

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=words");
    println!("cargo::rerun-if-changed=assets");
    let mut files = Vec::new();
    for (language, arm) in LANGUAGES {
        files.push((language, arm, read(&PathBuf::from(format!("words/{language}.ftl")))?));
    }
    let problems = differences(&files);
    if !problems.is_empty() {
        return Err(problems.join("\n").into());
    }
    let unused = scripts(&files)?;
    if !unused.is_empty() {
        return Err(unused.join("\n").into());
    }
    let out = PathBuf::from(std::env::var("OUT_DIR")?);
    std::fs::write(out.join("words.rs"), module(&files)?)?;
    Ok(())
}

type File = (&'static str, &'static str, BTreeMap<String, Message>);

fn read(path: &Path) -> Result<BTreeMap<String, Message>, Box<dyn Error>> {
    let source = std::fs::read_to_string(path)?;
    let resource = parse(source.as_str()).map_err(|(_, errors)| format!("{}: {errors:?}", path.display()))?;
    let mut messages = BTreeMap::new();
    for entry in resource.body {
        let Entry::Message(message) = entry else { continue };
        let key = message.id.name.to_owned();
        let value = message.value.ok_or_else(|| format!("{}: {key} says nothing", path.display()))?;
        let mut variables = BTreeSet::new();
        collect(&value, &mut variables);
        let plain = plain(&value, key.starts_with(SCRIPTS));
        if plain.as_ref().is_some_and(|text| text.trim().is_empty()) {
            return Err(format!("{}: {key} is empty", path.display()).into());
        }
        if messages.insert(key.clone(), Message { plain, variables }).is_some() {
            return Err(format!("{}: {key} stands there twice", path.display()).into());
        }
    }
    Ok(messages)
}

fn collect(pattern: &Pattern<&str>, into: &mut BTreeSet<String>) {
    for element in &pattern.elements {
        let PatternElement::Placeable { expression } = element else { continue };
        match expression {
            Expression::Inline(inline) => collect_inline(inline, into),
            Expression::Select { selector, variants } => {
                collect_inline(selector, into);
                for variant in variants {
                    collect(&variant.value, into);
                }
            }
        }
    }
}

fn collect_inline(inline: &InlineExpression<&str>, into: &mut BTreeSet<String>) {
    match inline {
        InlineExpression::VariableReference { id } => {
            into.insert(id.name.to_owned());
        }
        InlineExpression::Placeable { expression } => {
            if let Expression::Inline(inline) = expression.as_ref() {
                collect_inline(inline, into);
            }
        }
        _ => {}
    }
}

/// A message without variables as it is said; for scripts, one with `{name}` where a variable stands.
fn plain(pattern: &Pattern<&str>, with_holes: bool) -> Option<String> {
    let mut text = String::new();
    for element in &pattern.elements {
        match element {
            PatternElement::TextElement { value } => text.push_str(value),
            PatternElement::Placeable { expression: Expression::Inline(inline) } => match inline {
                InlineExpression::StringLiteral { value } => text.push_str(value),
                InlineExpression::VariableReference { id } if with_holes => {
                    write!(text, "{{{}}}", id.name).ok()?;
                }
                _ => return None,
            },
            PatternElement::Placeable { .. } => return None,
        }
    }
    Some(text)
}

fn differences(files: &[File]) -> Vec<String> {
    let keys: BTreeSet<&String> = files.iter().flat_map(|(_, _, messages)| messages.keys()).collect();
    let mut problems = Vec::new();
    for key in keys {
        let has: Vec<_> = files.iter().map(|(language, _, messages)| (language, messages.get(key))).collect();
        for (language, message) in &has {
            if message.is_none() {
                problems.push(format!("words/{language}.ftl lacks {key}"));
            }
        }
        let variables: BTreeSet<_> = has.iter().filter_map(|(_, m)| Some(&m.as_ref()?.variables)).collect();
        if variables.len() > 1 {
            problems.push(format!("{key} has other variables in another language: {variables:?}"));
        }
        if key.starts_with(SCRIPTS) && has.iter().any(|(_, m)| m.is_some_and(|m| m.plain.is_none())) {
            problems.push(format!("{key} is for scripts, which have variables but no selectors"));
        }
    }
    problems
}

/// Keys for scripts that no script says, and keys that a script says and no file has.
fn scripts(files: &[File]) -> Result<Vec<String>, Box<dyn Error>> {
    let Some((_, _, messages)) = files.first() else { return Ok(Vec::new()) };
    let mut said = BTreeSet::new();
    for entry in std::fs::read_dir("assets")? {
        let path = entry?.path();
        if path.extension().is_none_or(|extension| extension != "js") {
            continue;
        }
        let source = std::fs::read_to_string(&path)?;
        for rest in source.split("say(\"").skip(1) {
            said.extend(rest.split('"').next().map(|key| format!("{SCRIPTS}{key}")));
        }
    }
    let known: BTreeSet<String> = messages.keys().filter(|key| key.starts_with(SCRIPTS)).cloned().collect();
    let unused = known.difference(&said).map(|key| format!("{key}: no script says it"));
    let missing =
        said.difference(&known).map(|key| format!("{key}: a script says it, and no language has it"));
    Ok(unused.chain(missing).collect())
}

fn module(files: &[File]) -> Result<String, Box<dyn Error>> {
    let mut code = String::from("#[deny(dead_code)]\nimpl Words {\n");
    let Some((_, _, reference)) = files.last() else { return Ok(code) };
    for (key, message) in reference.iter().filter(|(key, _)| !key.starts_with(SCRIPTS)) {
        let name = key.replace('-', "_");
        let texts: Option<Vec<(&str, &String)>> =
            files.iter().map(|(_, arm, messages)| Some((*arm, messages.get(key)?.plain.as_ref()?))).collect();
        match texts {
            Some(texts) if message.variables.is_empty() => {
                writeln!(
                    code,
                    "    pub(crate) fn {name}(self) -> &'static str {{\n        match self.language {{"
                )?;
                for (arm, text) in texts {
                    writeln!(code, "            {arm} => {text:?},")?;
                }
                writeln!(code, "        }}\n    }}")?;
            }
            _ => {
                let parameters: String =
                    message.variables.iter().map(|v| format!(", {v}: impl Into<FluentValue<'a>>")).collect();
                let pairs: String =
                    message.variables.iter().map(|v| format!("({v:?}, {v}.into()), ")).collect();
                writeln!(code, "    pub(crate) fn {name}<'a>(self{parameters}) -> String {{")?;
                writeln!(code, "        self.format({key:?}, [{pairs}])\n    }}")?;
            }
        }
    }
    code.push_str("}\n\n/// The words of scripts, with `{name}` where a variable stands.\n");
    code.push_str("fn of_scripts(language: Language) -> &'static [(&'static str, &'static str)] {\n    match language {\n");
    for (_, arm, messages) in files {
        writeln!(code, "        {arm} => &[")?;
        for (key, message) in messages.iter().filter(|(key, _)| key.starts_with(SCRIPTS)) {
            let name = key.strip_prefix(SCRIPTS).unwrap_or(key);
            writeln!(code, "            ({name:?}, {:?}),", message.plain.clone().unwrap_or_default())?;
        }
        writeln!(code, "        ],")?;
    }
    code.push_str("    }\n}\n");
    Ok(code)
}
