//! The report kept as an example is what the command makes of what is kept beside it, byte for byte.

use std::path::Path;
use std::process::Command;

const FILES: [&str; 6] =
    ["report.html", "report.json", "MODEL_CARD.md", "plain.ca.html", "plain.es.html", "plain.en.html"];

#[test]
fn the_example_report_is_made_again_bit_for_bit() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let kept = root.join("docs/report");
    let line = |name: &str| std::fs::read_to_string(kept.join(name)).unwrap().trim().to_owned();
    let out = tempfile::tempdir().unwrap();
    let made = Command::new(env!("CARGO_BIN_EXE_relat-eval"))
        .current_dir(&root)
        .args(["report", "--bundle", &line("BUNDLE"), "--predictions", "docs/report/predictions.jsonl.gz"])
        .args(["--by", "relat", "--date", &line("DATE"), "--out"])
        .arg(out.path())
        .output()
        .unwrap();
    let code = made.status.code();
    assert!(matches!(code, Some(0 | 1)), "{code:?}: {}", String::from_utf8_lossy(&made.stderr));
    for name in FILES {
        let [now, then] = [out.path(), kept.as_path()].map(|dir| std::fs::read(dir.join(name)).unwrap());
        assert!(
            now == then,
            "help: {name} has changed; docs/report/make.sh makes it anew, then read what changed"
        );
    }
    let report: serde_json::Value =
        serde_json::from_slice(&std::fs::read(kept.join("report.json")).unwrap()).unwrap();
    assert_eq!(report["gates"]["passed"], code == Some(0), "help: the exit code is the gate");
}
