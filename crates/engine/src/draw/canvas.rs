//! Lanes of characters: where a text, an arrow and the lanes' own strokes go on one row.

use crate::units::SimTime;

/// How wide a picture is if its lanes allow it.
const WIDTH: usize = 100;
/// Room for the time, if it is not longer.
const MARGIN_MIN: usize = 11;
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
    margin: usize,
    lane_width: usize,
    strokes: Vec<Stroke>,
}

impl Canvas {
    /// `last` is the latest instant that will be drawn.
    pub(super) fn new(strokes: Vec<Stroke>, last: SimTime) -> Self {
        // The longest time has three decimals.
        let margin = MARGIN_MIN.max(last.micros().to_string().len() + 3);
        let room = WIDTH.saturating_sub(margin) / strokes.len().max(1);
        Self {
            margin,
            lane_width: room.clamp(LANE_MIN, LANE_MAX),
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
        write(&mut row, self.margin - 4, "ms", 2);
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
            (self.margin - 2).saturating_sub(time.len()),
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
                let (room_between, room_beyond) = (right - left - 4, self.width() - right);
                let length = text.chars().count();
                let written = if length > room_between && length <= room_beyond {
                    write(&mut row, right, &format!("{text} "), room_beyond);
                    0
                } else {
                    write(&mut row, left, text, room_between) + 1
                };
                self.arrow(&mut row, left + written, right, to < from);
            }
        }
        finish(&row)
    }

    /// A line from `start` to just before `end`, with its head at the left or at the right, and a space around it.
    fn arrow(&self, row: &mut [char], start: usize, end: usize, to_left: bool) {
        let last = end.saturating_sub(2);
        for (n, cell) in row
            .iter_mut()
            .enumerate()
            .take(end)
            .skip(start.saturating_sub(1))
        {
            *cell = match n {
                _ if n < start || n > last => ' ',
                _ if n == start && to_left => '◀',
                _ if n == last && !to_left => '▶',
                _ => '─',
            };
        }
    }

    const fn column(&self, lane: Lane) -> usize {
        self.margin + lane.0 * self.lane_width
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
