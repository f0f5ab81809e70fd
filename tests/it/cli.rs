//! `relat assess`, run as a program.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

use crate::support::{self, RELAT, bundle, narratives};

fn relat(arguments: &[&str], input: &[u8], folder: &Path) -> Output {
    let mut child = Command::new(RELAT)
        .args(arguments)
        .current_dir(folder)
        .env_clear()
        .env("RELAT_MODEL", bundle())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A program that refuses its arguments does not read its input.
    drop(child.stdin.take().unwrap().write_all(input));
    child.wait_with_output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn a_line_a_file_in_order_and_what_cannot_be_read_says_so_in_its_line() {
    let dir = tempfile::tempdir().unwrap();
    let records = narratives(120);
    let mut arguments =
        vec!["assess".to_owned(), "--json".to_owned(), "--max-bytes".to_owned(), "5000".to_owned()];
    let mut expected: Vec<Result<Value, &str>> = Vec::new();
    for (i, record) in records.iter().enumerate() {
        let name = format!("{i}.txt");
        std::fs::write(dir.path().join(&name), &record.text).unwrap();
        arguments.push(name);
        expected.push(Ok(support::expected(&record.text)));
    }
    for (name, contents, code) in [
        ("empty.txt", &b" \n"[..], "empty_text"),
        ("latin.txt", &b"No t\xe9 feina."[..], "not_utf8"),
        ("long.txt", &[b'a'; 5001][..], "text_too_long"),
    ] {
        std::fs::write(dir.path().join(name), contents).unwrap();
        arguments.insert(4, name.to_owned());
        expected.insert(0, Err(code));
    }
    arguments.push("missing.txt".to_owned());
    expected.push(Err("io"));
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let output = relat(&arguments, b"", dir.path());
    assert_eq!(output.status.code(), Some(1));
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    let lines: Vec<Value> = out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), expected.len());
    for ((line, expected), file) in lines.iter().zip(&expected).zip(&arguments[4..]) {
        match expected {
            Ok(assessment) => assert_eq!(line, assessment, "help: {file}"),
            Err(code) => {
                assert_eq!(
                    (&line["error"]["code"], &line["error"]["file"]),
                    (&(*code).into(), &(*file).into())
                );
                assert!(line["error"]["message"].as_str().is_some_and(|m| !m.is_empty()));
                assert!(
                    err.contains(&format!("relat: {file}: ")) && err.contains(&format!("[{code}]")),
                    "help: {err}"
                );
            }
        }
    }
}

#[test]
fn standard_input_is_a_file_named_hyphen() {
    let dir = tempfile::tempdir().unwrap();
    let record = &narratives(400)[1];
    let output = relat(&["assess", "--json", "-"], record.text.as_bytes(), dir.path());
    assert!(output.status.success());
    let line: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(line, support::expected(&record.text));
}

#[test]
fn a_terminal_gets_labels_in_the_texts_language_and_no_control_characters() {
    let dir = tempfile::tempdir().unwrap();
    let hostile = "Fa tres mesos que no paga el lloguer\u{1b}[2J\u{7} i el jutjat el desnona el 14 de març. Demana ajut.";
    let output = relat(&["assess", "-"], hostile.as_bytes(), dir.path());
    let shown = text(&output.stdout);
    assert!(output.status.success());
    assert!(shown.chars().all(|c| c == '\n' || !c.is_control()), "help: escape sequences must not pass");
    assert!(shown.contains("Ingressos i economia"), "help: {shown}");
    let output = relat(&["assess", "--lang", "en", "-"], hostile.as_bytes(), dir.path());
    assert!(text(&output.stdout).contains("Income and finances"));
    for line in shown.lines() {
        assert!(line.chars().count() <= 100, "help: a line is too wide for a terminal: {line}");
    }
}

#[test]
fn a_reader_that_has_enough_ends_the_program_quietly() {
    let dir = tempfile::tempdir().unwrap();
    let record = &narratives(400)[0];
    let names: Vec<String> = (0..200).map(|i| format!("{i}.txt")).collect();
    for name in &names {
        std::fs::write(dir.path().join(name), &record.text).unwrap();
    }
    let mut child = Command::new(RELAT)
        .args(["assess", "--json"])
        .args(&names)
        .current_dir(dir.path())
        .env_clear()
        .env("RELAT_MODEL", bundle())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut first = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut first).unwrap();
    assert!(first.starts_with('{'));
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), text(&output.stderr)), (Some(0), String::new()));
}

#[test]
fn what_is_wrong_with_the_settings_is_told_with_what_to_do() {
    let dir = tempfile::tempdir().unwrap();
    let check = |arguments: &[&str], expect: &[&str]| {
        let output = relat(arguments, b"", dir.path());
        assert!(!output.status.success());
        let err = text(&output.stderr);
        for words in expect {
            assert!(err.contains(words), "help: “{words}” is not in: {err}");
        }
    };
    check(&["assess", "--model", "nowhere", "-"], &["nowhere"]);
    check(&["assess"], &["<FILE>"]);
    check(&["--bind", "nonsense"], &["--bind"]);
    check(&["serve", "--bind", "127.0.0.1:0"], &["relat key new", "--demo"]);
    check(&["serve", "--bind", "127.0.0.1:0", "--key-file", "nowhere"], &["nowhere"]);
    check(&["--bind", "127.0.0.1:0", "--database", "mysql://Qvetzal@localhost"], &["postgres://"]);
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    check(&["--bind", &address], &[&address, "--bind"]);
    check(&["--bind", "127.0.0.1:0", "--log", "=,="], &["filter"]);
    let provider = ["--bind", "127.0.0.1:0", "--oidc-client", "relat", "--oidc-issuer"];
    check(&[&provider[..], &["https://id.example"]].concat(), &["--public-url"]);
    let public = ["http://id.example", "--public-url", "https://relat.example"];
    check(&[&provider[..], &public].concat(), &["--oidc-issuer", "https"]);
}

/// What `relat config` prints, with settings of the environment.
fn settings(arguments: &[&str], environment: &[(&str, &str)], folder: &Path) -> Output {
    Command::new(RELAT)
        .arg("config")
        .args(arguments)
        .current_dir(folder)
        .env_clear()
        .envs(environment.iter().copied())
        .output()
        .unwrap()
}

#[test]
fn the_command_line_holds_over_the_environment_and_that_over_the_file() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("with.toml"), "queue = 3\n").unwrap();
    std::fs::write(dir.path().join("without.toml"), "threads = 7\n").unwrap();
    for said in 0..8_u8 {
        let (by_file, by_environment, by_flag) = (said & 1 != 0, said & 2 != 0, said & 4 != 0);
        let file = if by_file { "with.toml" } else { "without.toml" };
        let expect = match (by_file, by_environment, by_flag) {
            (_, _, true) => "queue = 5  # command line",
            (_, true, _) => "queue = 4  # environment",
            (true, ..) => "queue = 3  # file",
            _ => "queue = 32  # default",
        };
        // The file is named in either way.
        for named in [true, false] {
            let mut arguments = if named { vec!["--config", file] } else { Vec::new() };
            arguments.extend(if by_flag { &["--queue", "5"][..] } else { &[] });
            let mut environment = if named { Vec::new() } else { vec![("RELAT_CONFIG", file)] };
            environment.extend(by_environment.then_some(("RELAT_QUEUE", "4")));
            let output = settings(&arguments, &environment, dir.path());
            assert!(output.status.success(), "help: {}", text(&output.stderr));
            let shown = text(&output.stdout);
            assert!(shown.lines().any(|line| line == expect), "help: {arguments:?} {environment:?}: {shown}");
        }
    }
}

#[test]
fn what_is_printed_is_a_file_of_the_same_settings_without_the_secrets() {
    let dir = tempfile::tempdir().unwrap();
    let file =
        "oidc-client = \"it's \\\"relat\\\"\"\noidc-secret = \"Qvetzal1\"\nmax-bytes = 5000\ndemo = true\n";
    std::fs::write(dir.path().join("relat.toml"), file).unwrap();
    let environment = [("RELAT_DATABASE", "postgres://relat:Qvetzal2@localhost/relat")];
    let first = settings(&["--config", "relat.toml", "--queue", "5"], &environment, dir.path());
    let shown = text(&first.stdout);
    assert!(first.status.success() && !shown.contains("Qvetzal"), "help: {shown}");
    for secret in ["database", "oidc-secret"] {
        assert!(shown.contains(&format!("# {secret} = \"[hidden]\"")), "help: {shown}");
    }
    std::fs::write(dir.path().join("again.toml"), &shown).unwrap();
    let again = settings(&["--config", "again.toml"], &[], dir.path());
    assert!(again.status.success(), "help: {}", text(&again.stderr));
    let values = |shown: &str| -> Vec<String> {
        let lines = shown.lines().filter(|line| !line.starts_with('#'));
        lines.map(|line| line.rsplit_once("  # ").unwrap().0.to_owned()).collect()
    };
    assert!(values(&shown).len() > 8);
    assert_eq!(values(&text(&again.stdout)), values(&shown));
}

#[test]
fn a_file_of_settings_that_is_none_is_refused_and_not_quoted() {
    let dir = tempfile::tempdir().unwrap();
    for (file, expect) in [
        ("qeue = 3", "'qeue'"),
        ("config = \"other.toml\"", "'config'"),
        ("queue = [3]", "'queue'"),
        ("queue = 3\noidc-secret = Qvetzal", "relat.toml:2"),
        ("queue = \"Qvetzal\"", "--queue"),
    ] {
        std::fs::write(dir.path().join("relat.toml"), file).unwrap();
        let output = settings(&["--config", "relat.toml"], &[], dir.path());
        let err = text(&output.stderr);
        assert!(!output.status.success() && err.contains(expect), "help: “{expect}” is not in: {err}");
        assert!(!err.contains("Qvetzal") || expect == "--queue", "help: {err}");
    }
    let output = settings(&["--config", "nowhere.toml"], &[], dir.path());
    assert!(!output.status.success() && text(&output.stderr).contains("nowhere.toml"));
}

#[test]
fn a_key_is_made_and_rotated_and_the_old_one_can_go() {
    let dir = tempfile::tempdir().unwrap();
    let done = |arguments: &[&str]| {
        let output = relat(arguments, b"", dir.path());
        assert!(output.status.success(), "help: {arguments:?}: {}", text(&output.stderr));
        text(&output.stdout)
    };
    done(&["key", "new", "relat.key"]);
    let rotate = ["key", "rotate", "--key-file", "relat.key", "--data", "data"];
    assert!(done(&rotate).starts_with("0 fields"), "help: a new database is sealed with the first key");
    done(&["key", "new", "relat.key"]);
    assert!(!done(&rotate).starts_with("0 fields"));
    let keys = std::fs::read_to_string(dir.path().join("relat.key")).unwrap();
    std::fs::write(dir.path().join("relat.key"), keys.lines().next().unwrap()).unwrap();
    assert!(done(&rotate).starts_with("0 fields"));
    let storage = ["--key-file", "relat.key", "--data", "data"];
    let head = done(&[&["audit", "verify"][..], &storage].concat());
    assert_eq!(head.trim(), "0:");
    done(&[&["backup", "copy.jsonl"][..], &storage].concat());
    done(&["restore", "copy.jsonl", "--key-file", "relat.key", "--data", "other"]);
    assert!(done(&[&["retention", "--cases", "30"][..], &storage].concat()).contains("would be erased"));
    assert_eq!(done(&[&["audit", "export"][..], &storage].concat()), "");
    let again = relat(&[&["backup", "copy.jsonl"][..], &storage].concat(), b"", dir.path());
    assert!(!again.status.success(), "help: a backup is not written over another");
}

#[test]
fn explain_says_which_words_a_need_was_read_in() {
    let dir = tempfile::tempdir().unwrap();
    let narrative = "Viu sola al barri. Fa tres mesos que no paga el lloguer del pis.";
    let output = relat(&["explain", "--json", "-", "housing_arrears"], narrative.as_bytes(), dir.path());
    assert!(output.status.success(), "{}", text(&output.stderr));
    let explained: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(explained["status"], "present");
    let sentence = &explained["sentences"][0];
    let words = sentence["words"].as_array().unwrap();
    let word = |w: &Value| {
        let at = |key: &str| usize::try_from(w[key].as_u64().unwrap()).unwrap();
        narrative.get(at("start")..at("end")).unwrap().to_owned()
    };
    let in_order = ["Fa", "tres", "mesos", "que", "no", "paga", "el", "lloguer", "del", "pis"];
    assert_eq!(words.iter().map(word).collect::<Vec<_>>(), in_order);
    let rent = words.iter().find(|w| word(w) == "lloguer").unwrap();
    assert!(rent["probability"].as_f64() < sentence["probability"].as_f64(), "{sentence}");

    let lines = relat(&["explain", "-", "housing_arrears"], narrative.as_bytes(), dir.path());
    assert!(text(&lines.stdout).starts_with("housing_arrears present 0."), "{}", text(&lines.stdout));
    assert!(text(&lines.stdout).lines().nth(1).is_some_and(|l| l.contains(" without ")));
    let obeyed = narrative.replace("Fa tres", "Fa \u{1b}[2Jtres");
    let lines = relat(&["explain", "-", "housing_arrears"], obeyed.as_bytes(), dir.path());
    assert!(lines.status.success() && !lines.stdout.contains(&0x1b), "{}", text(&lines.stdout));
    for (code, said) in [("gambling", "not read in this text"), ("rent", "no need or demand has this code")] {
        let refused = relat(&["explain", "-", code], narrative.as_bytes(), dir.path());
        assert_eq!(refused.status.code(), Some(1));
        assert!(
            refused.stdout.is_empty() && text(&refused.stderr).contains(said),
            "{}",
            text(&refused.stderr)
        );
    }
}
