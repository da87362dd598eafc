//! Lanes of characters: where a text, an arrow and the lanes' own strokes go on one row.

use crate::units::SimTime;

/// How wide a picture is if its lanes allow it.
const WIDTH: usize = 100;
/// Room for the time.
const MARGIN: usize = 11;
/// A lane is never narrower …
const LANE_MIN: usize = 16;
/// … nor wider than this.
const LANE_MAX: usize = 34;

/// Which lane, from the left.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) struct Lane(pub(super) usize);

/// How a lane is drawn where nothing happens.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Stroke {
    /// The node runs.
    Running,
    /// It is frozen.
    Paused,
    /// It is down.
    Down,
}

/// What one row shows.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Shape {
    /// Something on one lane.
    Mark(Lane),
    /// Something that goes from one lane to another. Its text stands at the left end.
    Arrow {
        /// From here …
        from: Lane,
        /// … to here.
        to: Lane,
    },
}

/// Lays rows out.
pub(super) struct Canvas {
    lane_width: usize,
    strokes: Vec<Stroke>,
}

impl Canvas {
    pub(super) fn new(strokes: Vec<Stroke>) -> Self {
        let lanes = strokes.len().max(1);
        Self {
            lane_width: ((WIDTH - MARGIN) / lanes).clamp(LANE_MIN, LANE_MAX),
            strokes,
        }
    }

    /// From now on `lane` is drawn like this.
    pub(super) fn set(&mut self, lane: Lane, stroke: Stroke) {
        if let Some(have) = self.strokes.get_mut(lane.0) {
            *have = stroke;
        }
    }

    /// The heads of the lanes.
    pub(super) fn header(&self, names: &[&str]) -> String {
        let mut row = vec![' '; self.width()];
        write(&mut row, MARGIN - 4, "ms", 2);
        for (n, name) in names.iter().enumerate() {
            write(&mut row, self.column(Lane(n)), name, self.lane_width - 1);
        }
        finish(&row)
    }

    /// One row.
    pub(super) fn row(&self, at: SimTime, shape: &Shape, text: &str) -> String {
        let mut row = vec![' '; self.width()];
        let time = at.to_string();
        write(
            &mut row,
            (MARGIN - 2).saturating_sub(time.len()),
            &time,
            time.len(),
        );
        for (n, stroke) in self.strokes.iter().enumerate() {
            let stroke = match stroke {
                Stroke::Running => "│",
                Stroke::Paused => "┊",
                Stroke::Down => " ",
            };
            write(&mut row, self.column(Lane(n)), stroke, 1);
        }
        match *shape {
            Shape::Mark(lane) => {
                let room = self.width() - self.column(lane);
                // A space on either side keeps it apart from the lanes that it covers.
                write(&mut row, self.column(lane), &format!("{text} "), room);
            }
            Shape::Arrow { from, to } => {
                let (left, right) = (self.column(from.min(to)), self.column(from.max(to)));
                let written = write(&mut row, left, text, (right - left).saturating_sub(4));
                let line = left + written + 1..right - 1;
                for (n, cell) in row.iter_mut().enumerate() {
                    if line.contains(&n) {
                        *cell = if to < from && n == line.start {
                            '◀'
                        } else if from < to && n + 1 == line.end {
                            '▶'
                        } else {
                            '─'
                        };
                    } else if n + 1 == line.start || n == line.end {
                        *cell = ' ';
                    }
                }
            }
        }
        finish(&row)
    }

    const fn column(&self, lane: Lane) -> usize {
        MARGIN + lane.0 * self.lane_width
    }

    fn width(&self) -> usize {
        self.column(Lane(self.strokes.len())).max(WIDTH)
    }
}

/// Writes `text` at `start`, cut to `room` characters, and says how many it wrote.
fn write(row: &mut [char], start: usize, text: &str, room: usize) -> usize {
    let cut = text.chars().count() > room;
    let shown: Vec<char> = if cut {
        text.chars()
            .take(room.saturating_sub(1))
            .chain(['…'])
            .collect()
    } else {
        text.chars().collect()
    };
    for (cell, letter) in row.iter_mut().skip(start).zip(&shown) {
        *cell = *letter;
    }
    shown.len()
}

fn finish(row: &[char]) -> String {
    let text: String = row.iter().collect();
    text.trim_end().to_owned() + "\n"
}
