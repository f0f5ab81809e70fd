//! The service runs where there is no network but loopback, and tries to reach nothing else.

use std::process::Command;

use crate::support::{RELAT, bundle};

/// Starts the service in a network namespace of its own, asks it for everything, ends it, and prints how many packets
/// had nowhere to go; then does the same with a connection on purpose.
const SCRIPT: &str = r#"
set -eu
ip link set lo up
nowhere() { awk '/^Ip:/ { if (!n) { for (i = 1; i <= NF; i++) if ($i == "OutNoRoutes") n = i } else print $n }' /proc/net/snmp; }
"$RELAT" --bind 127.0.0.1:8080 --model "$MODEL" >"$OUT/out" 2>"$OUT/err" &
pid=$!
url=http://127.0.0.1:8080
for _ in $(seq 200); do curl -sf "$url/readyz" >/dev/null && break; sleep 0.1; done
ask() { curl -s -o "$OUT/body" -w '%{http_code}\n' "$@"; }
json='content-type: application/json'
text='{"text": "Fa tres mesos que no paga el lloguer i demana ajut."}'
ask "$url/cases"
ask "$url/sign-in"
ask -d 'text=No té feina.' "$url/try"
ask -H "$json" -d "$text" "$url/v1/assessments"
ask -H "$json" -d '{"texts": ["No té feina."]}' "$url/v1/assessments/batch"
ask -H 'content-type: application/x-ndjson' -d "$text" "$url/v1/assessments/stream"
for path in taxonomy models me people centres keys cases audit exports/decisions schema/assessment.json; do ask "$url/v1/$path"; done
kill -TERM $pid
wait $pid
echo "service $(nowhere)"
curl -s --max-time 2 http://192.0.2.1/ || true
echo "on purpose $(nowhere)"
"#;

#[test]
fn the_service_reaches_for_nothing_outside() {
    let out = tempfile::tempdir().unwrap();
    // Who is not root takes a namespace of users as well.
    let root = Command::new("id").arg("-u").output().unwrap().stdout == b"0\n";
    let output = Command::new("unshare")
        .args([if root { "-n" } else { "-rn" }, "bash", "-c", SCRIPT])
        .env("RELAT", RELAT)
        .env("MODEL", bundle())
        .env("OUT", out.path())
        .output()
        .expect("help: util-linux, iproute2 and curl are needed");
    let (told, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "help: {told}{err}");
    let statuses: Vec<&str> = told.lines().filter(|line| line.len() == 3).collect();
    assert_eq!(statuses, ["200"; 16], "help: every route was asked");
    let count = |name: &str| -> u64 {
        told.lines().find_map(|line| line.strip_prefix(name)?.trim().parse().ok()).expect("help: no count")
    };
    assert_eq!(count("service "), 0, "help: the service tried to reach something");
    assert!(count("on purpose ") > 0, "help: an attempt must be seen, or nothing was looked at");
}
