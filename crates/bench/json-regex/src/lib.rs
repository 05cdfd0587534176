//! The real program among the benchmarks: it writes a log of requests as JSON lines, parses them
//! back, finds addresses, dates and versions in them with regular expressions, sorts what it
//! found and adds it up. Its allocator, hash maps, floats printed and parsed, and state machines
//! are what ordinary compiled programs are made of.

use std::collections::BTreeMap;
use std::fmt::Write;

use regex::Regex;
use serde_json::Value;

/// A small generator (xorshift64*, Vigna 2016), so that the data need not lie in the module.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) % bound
    }
}

const USERS: [&str; 6] = ["ada", "alan", "barbara", "edsger", "grace", "niklaus"];
const AGENTS: [&str; 4] = ["nest/2.11", "comb/0.9.4", "hive/14", "swarm/3.1-beta"];

fn write_log(n: u32) -> String {
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let mut log = String::new();
    for line in 0..n {
        let user = USERS[random.below(6) as usize];
        let (month, day) = (random.below(12) + 1, random.below(28) + 1);
        let millis = random.below(100_000) as f64 / 128.0;
        let agent = AGENTS[random.below(4) as usize];
        let tags: Vec<String> = (0..random.below(5))
            .map(|tag| format!("\"t{tag}\""))
            .collect();
        writeln!(
            log,
            "{{\"id\":{line},\"mail\":\"{user}{}@example-{}.org\",\"when\":\"20{}-{month:02}-{day:02}\",\
             \"millis\":{millis},\"agent\":\"{agent}\",\"ok\":{},\"tags\":[{}],\
             \"note\":\"caf\\u00e9 \\\"{user}\\\" saw {} of {}\"}}",
            random.below(40),
            random.below(9),
            random.below(30) + 10,
            random.below(10) != 0,
            tags.join(","),
            random.below(1000),
            random.below(1000),
        )
        .expect("writing to a string cannot fail");
    }
    log
}

/// Handles `n` lines and returns a checksum of everything found in them.
#[unsafe(no_mangle)]
pub extern "C" fn run(n: u32) -> u64 {
    let mail =
        Regex::new(r"(?-u)([a-z]+)\d*@(?:[a-z0-9-]+\.)+(?:org|net)").expect("a valid pattern");
    let date =
        Regex::new(r"(?-u)\b(20\d\d)-(0[1-9]|1[0-2])-([0-2]\d|3[01])\b").expect("a valid pattern");
    let version = Regex::new(r"(?i-u)/(\d+)(?:\.(\d+))*(-[a-z]+)?").expect("a valid pattern");

    let mut by_user: BTreeMap<String, (u64, f64)> = BTreeMap::new();
    let mut checksum = 0xcbf2_9ce4_8422_2325_u64;
    let mut mix = |value: u64| checksum = (checksum ^ value).wrapping_mul(0x0100_0000_01b3);
    for line in write_log(n).lines() {
        let entry: Value = serde_json::from_str(line).expect("what was written is JSON");
        let text = |key: &str| entry[key].as_str().unwrap_or_default();
        if let Some(found) = mail.captures(text("mail")) {
            let totals = by_user.entry(found[1].to_owned()).or_default();
            totals.0 += 1;
            totals.1 += entry["millis"].as_f64().unwrap_or_default();
        }
        for found in date.captures_iter(line) {
            let number = |group: usize| found[group].parse::<u64>().unwrap_or_default();
            mix(number(1) * 372 + number(2) * 31 + number(3));
        }
        mix(version
            .find(text("agent"))
            .map_or(0, |found| found.len() as u64));
        mix(entry["tags"].as_array().map_or(0, Vec::len) as u64);
        mix(entry.to_string().len() as u64);
    }
    for (user, (count, millis)) in by_user {
        mix(user.len() as u64);
        mix(count);
        mix(millis.to_bits());
    }
    checksum
}
