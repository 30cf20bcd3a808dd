//! Random commands on a graph, with every form in which a symbol names a revision.

use std::fmt::Write as _;

use crate::random::Random;

use super::shape::{Graph, Work};

/// Makes the commands of one session.
pub(super) struct Commands<'a> {
    random: &'a mut Random,
    graph: &'a Graph,
    ids: Vec<String>,
    labels: Vec<String>,
    made: usize,
}

/// Kinds of commands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Upgrade,
    Downgrade,
    Stamp,
    Current,
    Heads,
    Branches,
    History,
    Show,
    Merge,
    Revision,
    UpgradeSql,
    DowngradeSql,
    StampSql,
    EnsureVersion,
}

const KINDS: [(u64, Kind); 14] = [
    (26, Kind::Upgrade),
    (22, Kind::Downgrade),
    (10, Kind::Stamp),
    (9, Kind::Current),
    (6, Kind::Heads),
    (4, Kind::Branches),
    (12, Kind::History),
    (6, Kind::Show),
    (6, Kind::Merge),
    (8, Kind::Revision),
    (7, Kind::UpgradeSql),
    (7, Kind::DowngradeSql),
    (4, Kind::StampSql),
    (1, Kind::EnsureVersion),
];

impl<'a> Commands<'a> {
    pub(super) fn new(random: &'a mut Random, graph: &'a Graph) -> Self {
        let ids = graph.ids().into_iter().map(str::to_owned).collect();
        let labels = graph.labels().into_iter().map(str::to_owned).collect();
        Self { random, graph, ids, labels, made: 0 }
    }

    /// Makes 12 to 20 commands: a look at the graph, a way up, then anything, and at the end what came of it.
    pub(super) fn generate(&mut self) -> Vec<String> {
        let count = self.random.between(9, 16);
        let mut commands = vec![
            (*self.random.pick(&["history", "heads -v", "branches -v", "history -v"])).to_owned(),
            self.command(Kind::Upgrade),
        ];
        for _ in 0..count {
            let kind = *self.random.weighted(&KINDS);
            // Tables that a stamp has passed by could neither be made nor dropped.
            if kind == Kind::Stamp && self.graph.work == Work::Tables {
                continue;
            }
            let command = self.command(kind);
            commands.push(command);
        }
        commands.push("current".to_owned());
        if self.made > 0 {
            commands.push("history".to_owned());
        }
        commands
    }

    fn command(&mut self, kind: Kind) -> String {
        match kind {
            Kind::Upgrade => {
                let target = self.upgrade_target();
                format!("upgrade {target}")
            }
            Kind::Downgrade => {
                let target = self.downgrade_target();
                format!("downgrade {target}")
            }
            Kind::Stamp => self.stamp(),
            Kind::Current => {
                (*self.random.pick(&["current", "current", "current -v", "current --check-heads"])).to_owned()
            }
            Kind::Heads => (*self.random.pick(&[
                "heads",
                "heads -v",
                "heads --resolve-dependencies",
                "heads -v --resolve-dependencies",
            ]))
            .to_owned(),
            Kind::Branches => (*self.random.pick(&["branches", "branches -v"])).to_owned(),
            Kind::History => self.history(),
            Kind::Show => {
                let symbol = if self.random.chance(15) { "current".to_owned() } else { self.symbol() };
                format!("show {symbol}")
            }
            Kind::Merge => self.merge(),
            Kind::Revision => self.revision(),
            Kind::UpgradeSql => {
                let target = self.upgrade_target();
                if self.random.chance(30) {
                    return format!("upgrade {target} --sql");
                }
                let from = self.point();
                format!("upgrade {from}:{target} --sql")
            }
            Kind::DowngradeSql => {
                let from = if self.random.chance(30) { "heads".to_owned() } else { self.point() };
                let to = self.downgrade_target();
                if self.random.chance(5) {
                    return format!("downgrade {to} --sql");
                }
                format!("downgrade {from}:{to} --sql")
            }
            Kind::StampSql => {
                let (from, to) = (self.point(), self.point());
                if self.random.chance(40) {
                    return format!("stamp --sql {to}");
                }
                format!("stamp --sql {from}:{to}")
            }
            Kind::EnsureVersion => {
                (*self.random.pick(&["ensure_version", "ensure_version --sql"])).to_owned()
            }
        }
    }

    fn id(&mut self) -> String {
        self.random.pick(&self.ids).clone()
    }

    /// The start of an identifier, which may be too short or that of several.
    fn partial_id(&mut self) -> String {
        let id = self.id();
        let least = if self.random.chance(15) { 1 } else { 4 };
        let length = self.random.between(least, id.len().saturating_sub(1).max(least)).min(id.len());
        id[..length].to_owned()
    }

    /// A branch: mostly a label, now and then a revision or a name that nobody has.
    fn branch(&mut self) -> String {
        if self.labels.is_empty() || self.random.chance(12) {
            return if self.random.chance(75) { self.id() } else { "nolabel".to_owned() };
        }
        self.random.pick(&self.labels).clone()
    }

    fn steps(&mut self, sign: char) -> String {
        let number = self.random.weighted(&[(8, 1), (5, 2), (3, 3), (2, 5), (1, 40), (1, 0)]);
        format!("{sign}{number}")
    }

    fn any_steps(&mut self) -> String {
        let sign = *self.random.pick(&['+', '-']);
        self.steps(sign)
    }

    /// A point on the graph that mostly exists.
    fn point(&mut self) -> String {
        match self.random.below(10) {
            0 => "base".to_owned(),
            1 => self.partial_id(),
            2 => format!("{}@head", self.branch()),
            3 => self.symbol(),
            _ => self.id(),
        }
    }

    fn upgrade_target(&mut self) -> String {
        match self.random.below(20) {
            0..4 => "heads".to_owned(),
            4 => "head".to_owned(),
            5..8 => self.id(),
            8 => self.partial_id(),
            9..11 => self.steps('+'),
            11..13 => format!("{}@{}", self.branch(), self.steps('+')),
            13..15 => format!("{}@head", self.branch()),
            15 => format!("{}{}", self.id(), self.steps('+')),
            _ => self.symbol(),
        }
    }

    fn downgrade_target(&mut self) -> String {
        match self.random.below(20) {
            0..2 => "base".to_owned(),
            2..6 => self.id(),
            6 => self.partial_id(),
            7..11 => self.steps('-'),
            11..13 => format!("{}@{}", self.branch(), self.steps('-')),
            13..15 => format!("{}@base", self.branch()),
            15 => format!("{}{}", self.id(), self.steps('-')),
            _ => self.symbol(),
        }
    }

    /// Any form that a symbol has, valid or not.
    fn symbol(&mut self) -> String {
        match self.random.below(30) {
            0 => "head".to_owned(),
            1 => "heads".to_owned(),
            2 => "base".to_owned(),
            3..6 => self.id(),
            6..8 => self.partial_id(),
            8..10 => self.any_steps(),
            10..12 => format!("{}{}", self.id(), self.any_steps()),
            12 => format!("{}{}", self.partial_id(), self.any_steps()),
            13..15 => format!("{}@head", self.branch()),
            15 => format!("{}@heads", self.branch()),
            16 => format!("{}@base", self.branch()),
            17..19 => format!("{}@{}", self.branch(), self.any_steps()),
            19 => format!("{}@{}", self.branch(), self.id()),
            20 => format!("{}@{}", self.branch(), self.partial_id()),
            21 => format!("{}@{}{}", self.branch(), self.id(), self.any_steps()),
            22..24 => format!("{}@head{}", self.branch(), self.steps('-')),
            24 => format!("{}@base{}", self.branch(), self.steps('+')),
            25 => self.branch(),
            26 => format!("head{}", self.any_steps()),
            27 => format!("base{}", self.any_steps()),
            28 => format!("{}{}", self.branch(), self.any_steps()),
            _ => {
                (*self.random.pick(&["zzzz", "zz", "@head", "a@b@c", "nothing+1", "head@", "1_0", "current"]))
                    .to_owned()
            }
        }
    }

    fn stamp(&mut self) -> String {
        let mut command = "stamp".to_owned();
        if self.random.chance(25) {
            command.push_str(" --purge");
        }
        let count = *self.random.weighted(&[(6, 1), (3, 2), (1, 3)]);
        for _ in 0..count {
            command.push(' ');
            let target = match self.random.below(10) {
                0 => "heads".to_owned(),
                1 => "base".to_owned(),
                2..4 => format!("{}@head", self.branch()),
                4 => self.symbol(),
                _ => self.id(),
            };
            command.push_str(&target);
        }
        command
    }

    fn history(&mut self) -> String {
        let mut command = "history".to_owned();
        if self.random.chance(20) {
            command.push_str(" -v");
        }
        if self.random.chance(30) {
            command.push_str(" -i");
        }
        if self.random.chance(75) {
            let range = self.range();
            command.push_str(" -r ");
            command.push_str(&range);
        }
        command
    }

    fn range(&mut self) -> String {
        match self.random.below(12) {
            0 => format!(":{}", self.point()),
            1 => format!("{}:", self.point()),
            2 => format!("{}:current", self.steps('-')),
            3 => format!("current:{}", self.steps('+')),
            4 => "current:".to_owned(),
            5 => ":current".to_owned(),
            6 => format!("{}:", self.steps('-')),
            7 => format!(":{}", self.any_steps()),
            8 => {
                let branch = self.branch();
                format!("{branch}@base:{branch}@head")
            }
            9 => format!("{}:{}", self.point(), self.any_steps()),
            10 => format!("{}:heads", self.point()),
            _ => format!("{}:{}", self.point(), self.point()),
        }
    }

    fn merge(&mut self) -> String {
        let id = self.new_id();
        let mut command = format!("merge --rev-id {id} -m \"join {}\"", self.made);
        if self.random.chance(20) {
            let label = self.new_label();
            let _ = write!(command, " --branch-label {label}");
        }
        let heads: Vec<String> = self.graph.heads().into_iter().map(str::to_owned).collect();
        if self.random.chance(50) || heads.len() < 2 {
            command.push_str(" heads");
        } else {
            for _ in 0..self.random.between(2, 3) {
                let head =
                    if self.random.chance(80) { self.random.pick(&heads).clone() } else { self.point() };
                command.push(' ');
                command.push_str(&head);
            }
        }
        command
    }

    fn revision(&mut self) -> String {
        let id = self.new_id();
        let mut command = format!("revision --rev-id {id} -m \"add {}\"", self.made);
        if self.random.chance(75) {
            let head = match self.random.below(8) {
                0 => "base".to_owned(),
                1..3 => format!("{}@head", self.branch()),
                3 => self.symbol(),
                4 => (*self.random.pick(&self.graph.heads())).to_owned(),
                _ => self.id(),
            };
            let _ = write!(command, " --head {head}");
        }
        if self.random.chance(50) {
            command.push_str(" --splice");
        }
        for _ in 0..*self.random.weighted(&[(7, 0), (2, 1), (1, 2)]) {
            let needed = if self.random.chance(70) { self.id() } else { self.branch() };
            let _ = write!(command, " --depends-on {needed}");
        }
        if self.random.chance(20) {
            let label = self.new_label();
            let _ = write!(command, " --branch-label {label}");
        }
        if self.graph.locations.len() > 1 && self.random.chance(60) {
            let _ = write!(command, " --version-path {}", self.random.pick(&self.graph.locations));
        }
        command
    }

    /// The identifier of a new revision, which later commands use too. One that is taken could make a graph that
    /// every later command refuses.
    fn new_id(&mut self) -> String {
        self.made += 1;
        let id = match self.random.below(12) {
            0 => "a-b".to_owned(),
            1 => format!("{}x{}", self.id(), self.made),
            _ => format!("new{}rev", self.made),
        };
        if !id.contains('-') {
            self.ids.push(id.clone());
        }
        id
    }

    fn new_label(&mut self) -> String {
        let label = format!("newlabel{}", self.made);
        self.labels.push(label.clone());
        label
    }
}
