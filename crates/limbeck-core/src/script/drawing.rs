//! A drawing of the revision graph as lanes of cells, revisions above what they come after. Values only: what a cell
//! looks like is for whoever shows it.
//!
//! A lane stands at every second column of the grid; the columns between them hold what crosses from lane to lane.

use std::collections::{HashMap, HashSet};

use super::revision::Node;
use super::view::Script;

/// What a line of the drawing stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EdgeKind {
    /// The upper revision comes after the lower one.
    Parent,
    /// The upper revision depends on the lower one.
    Dependency,
}

impl EdgeKind {
    /// The kind of two lines that run together.
    fn joined(self, other: Self) -> Self {
        if self == other { self } else { Self::Parent }
    }
}

/// One cell of the grid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cell {
    /// Nothing.
    Blank,
    /// The revision of the row.
    Node,
    /// A line straight down.
    Down(EdgeKind),
    /// A line down to the next lane on the left: `/`.
    Left,
    /// A line down to the next lane on the right: `\`.
    Right,
    /// A line across, to the left.
    Across,
}

/// A revision of a drawing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GraphNode {
    /// The places, in the list that is drawn, of what the revision comes after or depends on; each once.
    pub edges: Vec<(usize, EdgeKind)>,
}

/// Makes the nodes of a drawing of some revisions; what leads to a revision that is not among them is left out.
///
/// Dependencies that another way down leads to as well are left out too.
#[must_use]
pub fn graph_nodes(scripts: &[Script<'_>]) -> Vec<GraphNode> {
    let places: HashMap<Node, usize> =
        scripts.iter().enumerate().map(|(place, script)| (script.node(), place)).collect();
    let edges = |script: &Script<'_>| {
        let kind = |node: &Node| {
            if script.revision().parents.contains(node) { EdgeKind::Parent } else { EdgeKind::Dependency }
        };
        let below = script.revision().normalized_down.iter();
        below.filter_map(|node| Some((*places.get(node)?, kind(node)))).collect()
    };
    scripts.iter().map(|script| GraphNode { edges: edges(script) }).collect()
}

/// One line of the grid, without blanks at its end.
pub type GraphLine = Vec<Cell>;

/// A revision in the drawing, and what leads from it to the next one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GraphRow {
    /// The place of the revision in the list that is drawn.
    pub index: usize,
    /// A line that keeps the revision apart from one above that it has nothing to do with.
    pub separator: Option<GraphLine>,
    /// The line of the revision.
    pub line: GraphLine,
    /// The lines below it in which lanes part, join or move.
    pub connectors: Vec<GraphLine>,
    /// The line that may be repeated below those: all lanes straight down.
    pub below: GraphLine,
}

impl GraphRow {
    /// The number of columns that the row takes.
    #[must_use]
    pub fn width(&self) -> usize {
        let lines = self.connectors.iter().chain([&self.line, &self.below]);
        lines.map(Vec::len).max().unwrap_or_default()
    }
}

/// Draws revisions, none above one that leads to it; of several branches one is drawn to its end before the next.
///
/// The first of the revisions that nothing leads to comes first. Each row costs as much as it has lanes.
#[must_use]
pub fn draw(nodes: &[GraphNode]) -> Vec<GraphRow> {
    let mut drawing = Drawing::default();
    display_order(nodes).into_iter().map(|index| drawing.row(index, &nodes[index].edges)).collect()
}

/// The order of the rows: after a revision comes the last thing that it leads to, unless something else still does.
fn display_order(nodes: &[GraphNode]) -> Vec<usize> {
    let mut above = vec![0_usize; nodes.len()];
    for (place, _) in nodes.iter().flat_map(|node| &node.edges) {
        above[*place] += 1;
    }
    let mut ready: Vec<usize> = (0..nodes.len()).rev().filter(|index| above[*index] == 0).collect();
    let mut order = Vec::with_capacity(nodes.len());
    while let Some(index) = ready.pop() {
        order.push(index);
        for (place, _) in &nodes[index].edges {
            above[*place] -= 1;
            if above[*place] == 0 {
                ready.push(*place);
            }
        }
    }
    order
}

/// A line on its way down to a revision.
#[derive(Clone, Copy, Debug)]
struct Lane {
    to: usize,
    kind: EdgeKind,
}

/// The state between two rows.
#[derive(Debug, Default)]
struct Drawing {
    /// The lanes from left to right; no two lead to the same revision.
    lanes: Vec<Lane>,
    /// The lane in which the revision above ended.
    ended: Option<usize>,
}

impl Drawing {
    fn row(&mut self, index: usize, edges: &[(usize, EdgeKind)]) -> GraphRow {
        let mut separator = None;
        let known = self.lanes.iter().position(|lane| lane.to == index);
        let place = known.unwrap_or(self.lanes.len());
        if known.is_none() {
            // Directly below the end of another lane it would read as a part of that.
            separator = (self.ended == Some(place)).then(|| self.straight());
            self.lanes.push(Lane { to: index, kind: EdgeKind::Parent });
        }
        let mut line = self.straight();
        line[2 * place] = Cell::Node;
        let mut connectors = Vec::new();
        match edges.split_first() {
            None => {
                self.lanes.remove(place);
                if place < self.lanes.len() {
                    connectors.push(self.closing_up(place));
                }
            }
            Some(((first, kind), others)) => {
                self.lanes[place] = Lane { to: *first, kind: *kind };
                for (number, (to, kind)) in others.iter().enumerate() {
                    connectors.push(self.parting(place + number));
                    self.lanes.insert(place + number + 1, Lane { to: *to, kind: *kind });
                }
                for to in self.repeated() {
                    self.join(to, &mut connectors);
                }
            }
        }
        self.ended = edges.is_empty().then_some(place);
        GraphRow { index, separator, line, connectors, below: self.straight() }
    }

    /// The revisions that two lanes lead to.
    fn repeated(&self) -> Vec<usize> {
        let mut seen = HashSet::with_capacity(self.lanes.len());
        self.lanes.iter().map(|lane| lane.to).filter(|to| !seen.insert(*to)).collect()
    }

    /// Leads the right one of two lanes to a revision into the left one.
    fn join(&mut self, to: usize, lines: &mut Vec<GraphLine>) {
        let mut places = (0..self.lanes.len()).filter(|place| self.lanes[*place].to == to);
        let (Some(left), Some(right)) = (places.next(), places.next()) else { return };
        let joining = self.lanes.remove(right);
        if right == left + 1 {
            let mut line = self.closing_up(right);
            set(&mut line, 2 * right - 1, Cell::Left);
            lines.push(line);
        } else {
            let mut across = self.closing_up(right);
            for place in left + 1..right - 1 {
                set(&mut across, 2 * place + 1, Cell::Across);
            }
            set(&mut across, 2 * right - 1, Cell::Left);
            lines.push(across);
            let mut line = self.straight();
            set(&mut line, 2 * left + 1, Cell::Left);
            lines.push(line);
        }
        let lane = &mut self.lanes[left];
        lane.kind = lane.kind.joined(joining.kind);
    }

    /// All lanes straight down.
    fn straight(&self) -> GraphLine {
        let mut line = Vec::new();
        for (place, lane) in self.lanes.iter().enumerate() {
            set(&mut line, 2 * place, Cell::Down(lane.kind));
        }
        line
    }

    /// The lanes up to `place` straight down, a new one to the right of it, and the others one further.
    fn parting(&self, place: usize) -> GraphLine {
        let mut line = Vec::new();
        for (other, lane) in self.lanes.iter().enumerate() {
            if other <= place {
                set(&mut line, 2 * other, Cell::Down(lane.kind));
            }
            if other >= place {
                set(&mut line, 2 * other + 1, Cell::Right);
            }
        }
        line
    }

    /// The lanes before `gone` straight down, the others coming from one lane further right.
    fn closing_up(&self, gone: usize) -> GraphLine {
        let mut line = Vec::new();
        for (place, lane) in self.lanes.iter().enumerate() {
            if place < gone {
                set(&mut line, 2 * place, Cell::Down(lane.kind));
            } else {
                set(&mut line, 2 * place + 1, Cell::Left);
            }
        }
        line
    }
}

/// Sets a cell, with blanks up to it where the line ends before.
fn set(line: &mut GraphLine, column: usize, cell: Cell) {
    if line.len() <= column {
        line.resize(column + 1, Cell::Blank);
    }
    line[column] = cell;
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::{Cell, EdgeKind, GraphLine, GraphNode, GraphRow, draw};

    fn letter(cell: Cell) -> char {
        match cell {
            Cell::Blank => ' ',
            Cell::Node => '*',
            Cell::Down(EdgeKind::Parent) => '|',
            Cell::Down(EdgeKind::Dependency) => ':',
            Cell::Left => '/',
            Cell::Right => '\\',
            Cell::Across => '_',
        }
    }

    /// A drawing of revisions named by their letter, each written `name: parents` with `?` before a dependency.
    fn picture(graph: &str) -> String {
        let nodes: Vec<(&str, &str)> =
            graph.lines().map(|line| line.trim().split_once(':').unwrap()).collect();
        let edges = |parents: &str| {
            let edge = |word: &str| {
                let name = word.trim_start_matches('?');
                let kind = if word.starts_with('?') { EdgeKind::Dependency } else { EdgeKind::Parent };
                (nodes.iter().position(|(other, _)| *other == name).unwrap(), kind)
            };
            GraphNode { edges: parents.split_whitespace().map(edge).collect() }
        };
        let list: Vec<GraphNode> = nodes.iter().map(|(_, parents)| edges(parents)).collect();
        let mut lines = vec![String::new()];
        for row in draw(&list) {
            let text = |line: &GraphLine| line.iter().copied().map(letter).collect::<String>();
            lines.extend(row.separator.as_ref().map(text));
            lines.push(format!("{} {}", text(&row.line), nodes[row.index].0));
            lines.extend(row.connectors.iter().map(text));
        }
        lines.join("\n") + "\n"
    }

    #[test]
    fn a_linear_history_is_one_lane() {
        assert_eq!(picture("c: b\nb: a\na:"), "\n* c\n* b\n* a\n");
    }

    #[test]
    fn a_branch_joins_the_lane_of_its_sibling() {
        assert_eq!(
            picture("d: b\nc: a\nb: a\na:"),
            r"
* d
* b
| * c
|/
* a
"
        );
    }

    #[test]
    fn a_merge_parts_into_a_lane_for_each_parent() {
        assert_eq!(
            picture("d: b c\nc: a\nb: a\na:"),
            r"
* d
|\
| * c
* | b
|/
* a
"
        );
    }

    #[test]
    fn a_merge_of_three_parts_step_by_step() {
        assert_eq!(
            picture("m: b c d\nd: a\nc: a\nb: a\na:"),
            r"
* m
|\
| |\
| | * d
| * | c
| |/
* | b
|/
* a
"
        );
    }

    #[test]
    fn a_lane_between_is_crossed() {
        assert_eq!(
            picture("m: b c\nx: a\nb: a\nc: a\na:"),
            r"
* m
|\
| * c
* | b
|/
| * x
|/
* a
"
        );
        assert_eq!(
            picture("m: b c\nn: b d\nb: a\nc: e\nd: a\ne:\na:"),
            r"
* m
|\
| * c
| * e
|
| * n
| |\
|/ /
| * d
* | b
|/
* a
"
        );
    }

    #[test]
    fn several_bases_are_kept_apart() {
        assert_eq!(
            picture("c: a\na:\nd: b\nb:\ne:"),
            r"
* c
* a

* d
* b

* e
"
        );
        assert_eq!(
            picture("m: b c\nb:\nc:"),
            r"
* m
|\
| * c
* b
"
        );
    }

    #[test]
    fn criss_cross_merges_cross() {
        assert_eq!(
            picture("m: b c\nn: c b\nb: a\nc: a\na:"),
            r"
* m
|\
| | * n
| | |\
| |/ /
| |/
|/|
* | b
| * c
|/
* a
"
        );
    }

    #[test]
    fn a_dependency_is_a_dotted_lane() {
        assert_eq!(
            picture("d: c ?b\nc: a\nb: a\na:"),
            r"
* d
|\
| * b
* | c
|/
* a
"
        );
        assert_eq!(
            picture("e: d ?b\nd: c\nc:\nb: a\na:"),
            r"
* e
|\
| * b
| * a
* d
* c
"
        );
        assert_eq!(
            picture("e: d\nd: c ?a\nb: a\na:\nc:"),
            r"
* e
* d
|\
* : c
 /
: * b
:/
* a
"
        );
    }

    #[test]
    fn many_heads_on_one_base_take_two_lanes() {
        let mut nodes: Vec<GraphNode> =
            (0..2000).map(|_| GraphNode { edges: vec![(2000, EdgeKind::Parent)] }).collect();
        nodes.push(GraphNode::default());
        assert!(draw(&nodes).iter().all(|row| row.width() <= 3));
    }

    /// A random graph: every revision leads to some later ones of the list.
    fn graphs() -> impl Strategy<Value = Vec<GraphNode>> {
        prop::collection::vec(prop::collection::vec((1_usize..9, any::<bool>()), 0..4), 1..40).prop_map(
            |nodes| {
                let count = nodes.len();
                let edges = |(index, steps): (usize, Vec<(usize, bool)>)| {
                    let mut seen = BTreeSet::new();
                    let edge = |(step, depends): (usize, bool)| {
                        let kind = if depends { EdgeKind::Dependency } else { EdgeKind::Parent };
                        (index + step < count && seen.insert(step)).then_some((index + step, kind))
                    };
                    GraphNode { edges: steps.into_iter().filter_map(edge).collect() }
                };
                nodes.into_iter().enumerate().map(edges).collect()
            },
        )
    }

    /// A line on its way down while a drawing is read: its column, the revisions it comes from, and whether it is
    /// about to cross the lane in that column.
    type Strand = (usize, BTreeSet<usize>, bool);

    /// Follows the lines of the drawing from the strands above `line` to those below it. `next` is the line after it.
    fn followed(strands: &[Strand], line: &GraphLine, next: Option<&GraphLine>) -> Vec<Strand> {
        let mut below: Vec<Strand> = Vec::new();
        let from = |column: usize, crossing: bool| {
            let found = strands.iter().find(|(place, _, is)| *place == column && *is == crossing);
            found.unwrap_or_else(|| panic!("nothing leads to column {column} of {line:?}")).1.clone()
        };
        let mut add = |column: usize, sources: BTreeSet<usize>, crossing: bool| match below
            .iter_mut()
            .find(|(place, _, is)| *place == column && *is == crossing)
        {
            Some((_, known, _)) => known.extend(sources),
            None => below.push((column, sources, crossing)),
        };
        let is_down = |line: &GraphLine, column: usize| matches!(line.get(column), Some(Cell::Down(_)));
        for (column, cell) in line.iter().enumerate() {
            match cell {
                Cell::Down(_) => add(column, from(column, false), false),
                Cell::Right => add(column + 1, from(column - 1, false), false),
                Cell::Left => {
                    let crosses = strands.iter().any(|(place, _, is)| *place == column + 1 && *is);
                    let mut end = column - 1;
                    while end > 0 && line[end - 1] == Cell::Across {
                        end -= 2;
                    }
                    // A line that goes on across the lane it has come to does so in the next line.
                    let goes_on = next.is_some_and(|next| {
                        end > 0 && next.get(end - 1) == Some(&Cell::Left) && is_down(next, end)
                    });
                    add(end, from(column + 1, crosses), goes_on && is_down(line, end));
                }
                Cell::Blank | Cell::Node | Cell::Across => {}
            }
        }
        below
    }

    /// Reads the edges back from a drawing.
    fn edges_of(rows: &[GraphRow], nodes: &[GraphNode]) -> BTreeSet<(usize, usize)> {
        let mut edges = BTreeSet::new();
        let mut strands: Vec<Strand> = Vec::new();
        for row in rows {
            if let Some(separator) = &row.separator {
                strands = followed(&strands, separator, None);
            }
            let column = row.line.iter().position(|cell| *cell == Cell::Node).unwrap();
            let above = strands.iter().find(|(place, _, _)| *place == column);
            edges.extend(above.iter().flat_map(|(_, from, _)| from).map(|from| (*from, row.index)));
            strands = followed(&strands, &row.line, None);
            if !nodes[row.index].edges.is_empty() {
                strands.push((column, BTreeSet::from([row.index]), false));
            }
            for (number, line) in row.connectors.iter().enumerate() {
                strands = followed(&strands, line, row.connectors.get(number + 1));
            }
        }
        edges
    }

    proptest! {
        #[test]
        fn each_revision_is_drawn_once_and_above_what_it_leads_to(nodes in graphs()) {
            let rows = draw(&nodes);
            let mut places = vec![None; nodes.len()];
            for (place, row) in rows.iter().enumerate() {
                prop_assert_eq!(places[row.index].replace(place), None);
                prop_assert_eq!(row.line.iter().filter(|cell| **cell == Cell::Node).count(), 1);
            }
            for (index, node) in nodes.iter().enumerate() {
                prop_assert!(places[index].is_some());
                for (to, _) in &node.edges {
                    prop_assert!(places[index] < places[*to]);
                }
            }
        }

        #[test]
        fn whoever_follows_the_lines_finds_the_edges(nodes in graphs()) {
            let edges = nodes.iter().enumerate().flat_map(|(from, node)| {
                node.edges.iter().map(move |(to, _)| (from, *to))
            });
            prop_assert_eq!(edges_of(&draw(&nodes), &nodes), edges.collect::<BTreeSet<_>>());
        }
    }
}
