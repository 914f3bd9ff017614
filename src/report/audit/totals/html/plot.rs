//! The few shapes that plots are made of, in whole units of a drawing that scales.

use std::fmt::Write;

use crate::report::escape::xml;

/// A drawing of `width` by `height` units.
pub(super) struct Canvas {
    width: u64,
    height: u64,
    body: String,
}

/// Where a text's `x` is.
#[derive(Clone, Copy)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

pub(super) struct Box {
    pub(super) x: u64,
    pub(super) y: u64,
    pub(super) width: u64,
    pub(super) height: u64,
}

impl Canvas {
    pub(super) const fn new(width: u64, height: u64) -> Self {
        Self { width, height, body: String::new() }
    }

    /// A bar that tells its number when it is pointed at. One of no size is not drawn.
    pub(super) fn bar(&mut self, Box { x, y, width, height }: Box, class: &str, says: &str) {
        if width > 0 && height > 0 {
            // Writing to a `String` cannot fail, here and below.
            let _ = write!(
                self.body,
                "<rect class=\"{class}\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" rx=\"2\"><title>{}</title></rect>",
                xml(says)
            );
        }
    }

    pub(super) fn text(&mut self, (x, y): (u64, u64), anchor: Anchor, class: &str, text: &str) {
        let anchor = match anchor {
            Anchor::Start => "start",
            Anchor::Middle => "middle",
            Anchor::End => "end",
        };
        let _ = write!(
            self.body,
            "<text class=\"{class}\" x=\"{x}\" y=\"{y}\" text-anchor=\"{anchor}\">{}</text>",
            xml(text)
        );
    }

    /// A level line across the drawing.
    pub(super) fn line(&mut self, y: u64, from: u64, to: u64) {
        let _ = write!(self.body, "<line class=\"grid\" x1=\"{from}\" y1=\"{y}\" x2=\"{to}\" y2=\"{y}\"/>");
    }

    pub(super) fn html(&self, labelled_by: &str, words: &str) -> String {
        let Self { width, height, body } = self;
        format!(
            "<svg role=\"img\" aria-labelledby=\"{labelled_by}\" viewBox=\"0 0 {width} {height}\" \
             preserveAspectRatio=\"xMinYMin meet\">{words}{body}</svg>"
        )
    }
}

/// A round number not below the greatest count, and the step of the lines up to it.
pub(super) fn scale(greatest: u64) -> (u64, u64) {
    let mut unit = 1;
    loop {
        for step in [unit, 2 * unit, 5 * unit] {
            if greatest <= 4 * step {
                return (step * greatest.div_ceil(step).max(1), step);
            }
        }
        unit *= 10;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scale_is_round_and_holds_the_greatest() {
        assert_eq!(
            [0, 1, 4, 5, 23, 99, 1_234].map(scale),
            [(1, 1), (1, 1), (4, 1), (6, 2), (30, 10), (100, 50), (1_500, 500)]
        );
    }

    #[test]
    fn text_cannot_leave_its_element() {
        let mut canvas = Canvas::new(10, 10);

        canvas.text((1, 2), Anchor::Start, "name", "</text><script>");
        canvas.bar(Box { x: 0, y: 0, width: 0, height: 5 }, "one", "nothing");

        assert_eq!(
            canvas.html("t", ""),
            "<svg role=\"img\" aria-labelledby=\"t\" viewBox=\"0 0 10 10\" preserveAspectRatio=\"xMinYMin meet\">\
             <text class=\"name\" x=\"1\" y=\"2\" text-anchor=\"start\">&lt;/text&gt;&lt;script&gt;</text></svg>"
        );
    }
}
