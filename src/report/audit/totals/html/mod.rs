//! One page that an auditor opens offline: no script, nothing loaded, every plot with its table.

mod page;
mod plot;
mod plots;
#[cfg(test)]
mod strict;
#[cfg(test)]
mod tests;
mod weeks;

pub use page::page;

use crate::report::escape::xml;

/// A plot, its words and the same numbers as a table.
struct Figure {
    /// Unique in the page.
    id: &'static str,
    title: String,
    /// What it shows, for those who do not see it.
    about: String,
    svg: plot::Canvas,
    /// The class and the name of each colour, where the drawing itself does not name them.
    legend: Vec<(&'static str, String)>,
    table: Table,
}

/// The first column names, the others count.
struct Table {
    head: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Figure {
    fn html(&self) -> String {
        let (id, title, about) = (self.id, xml(&self.title), xml(&self.about));
        let svg = self.svg.html(
            &format!("{id}-t {id}-d"),
            &format!("<title id=\"{id}-t\">{title}</title><desc id=\"{id}-d\">{about}</desc>"),
        );
        let table = self.table.html(&self.title);
        let swatch = |(class, name): &(&str, String)| {
            let square = format!(
                "<svg viewBox=\"0 0 10 10\" aria-hidden=\"true\"><rect class=\"{class}\" width=\"10\" height=\"10\" rx=\"2\"/></svg>"
            );
            format!("<li>{square}{}</li>", xml(name))
        };
        let legend: String = self.legend.iter().map(swatch).collect();
        let legend = if legend.is_empty() { legend } else { format!("<ul class=\"legend\">{legend}</ul>\n") };
        format!(
            "<figure id=\"{id}\">\n<figcaption><h3>{title}</h3><p>{about}</p></figcaption>\n\
             <div class=\"plot\">{svg}</div>\n{legend}\
             <details><summary>The numbers</summary>{table}</details>\n</figure>\n"
        )
    }
}

impl Table {
    fn html(&self, caption: &str) -> String {
        let cell = |open: &str, text: &str, close: &str| [open, &xml(text), close].concat();
        let head: String = self.head.iter().map(|text| cell("<th scope=\"col\">", text, "</th>")).collect();
        let row = |row: &Vec<String>| {
            let mut cells = row.iter();
            let name = cells.next().map(|name| format!("<th scope=\"row\">{}</th>", xml(name))).unwrap_or_default();
            let rest: String = cells.map(|text| cell("<td>", text, "</td>")).collect();
            format!("<tr>{name}{rest}</tr>\n")
        };
        let rows: String = self.rows.iter().map(row).collect();
        format!(
            "<div class=\"wide\"><table><caption>{}</caption><thead><tr>{head}</tr></thead>\n<tbody>\n{rows}</tbody></table></div>",
            xml(caption)
        )
    }
}
