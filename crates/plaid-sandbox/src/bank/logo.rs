//! The logos of the make-believe institutions, drawn here from a colour and a weave.
//! Plaid answers logos as 152x152 PNG in base64; so does the stand-in.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::institutions::Institution;

const SIZE: usize = 152;
const CORNER: usize = 34;

/// What is woven into a logo.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LogoPattern {
    Waves,
    Scales,
    Gingham,
    Tattersall,
    Tartan,
    Houndstooth,
    Key,
    /// Waves that break off half way.
    BrokenWaves,
    /// A flat line where waves were.
    Calm,
    /// A ring with a bar across.
    Barred,
    /// Arcs, one over the other.
    Arcs,
    /// A lozenge in a tartan.
    Lozenge,
}

/// The logo of an institution as a PNG file.
pub(crate) fn png(institution: &Institution) -> Result<Vec<u8>, png::EncodingError> {
    let mut file = Vec::new();
    let side = SIZE as u32;
    let mut encoder = png::Encoder::new(&mut file, side, side);
    encoder.set_color(png::ColorType::Rgba);
    encoder.set_depth(png::BitDepth::Eight);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(&pixels(institution))?;
    writer.finish()?;
    Ok(file)
}

/// The same, as Plaid puts it into an answer.
pub(crate) fn base64_png(institution: &Institution) -> Result<String, png::EncodingError> {
    Ok(STANDARD.encode(png(institution)?))
}

fn pixels(institution: &Institution) -> Vec<u8> {
    let mut pixels = Vec::with_capacity(SIZE * SIZE * 4);
    for y in 0..SIZE {
        for x in 0..SIZE {
            let white = institution.pattern.whiteness(x, y);
            for channel in institution.primary_color {
                let lightened = u32::from(channel) + (255 - u32::from(channel)) * white / 100;
                pixels.push(lightened.min(255) as u8);
            }
            pixels.push(if in_rounded_square(x, y) { 255 } else { 0 });
        }
    }
    pixels
}

fn in_rounded_square(x: usize, y: usize) -> bool {
    let beyond = |at: usize| {
        CORNER
            .saturating_sub(at)
            .max((at + CORNER).saturating_sub(SIZE - 1))
    };
    beyond(x).pow(2) + beyond(y).pow(2) <= CORNER.pow(2)
}

impl LogoPattern {
    /// How white a pixel is, in percent.
    fn whiteness(self, x: usize, y: usize) -> u32 {
        let stripe = |at: usize, period: usize, width: usize| at % period < width;
        match self {
            LogoPattern::Gingham => {
                32 * (u32::from(stripe(x, 38, 19)) + u32::from(stripe(y, 38, 19)))
            }
            LogoPattern::Tattersall => {
                if stripe(x + 4, 30, 4) || stripe(y + 4, 30, 4) {
                    85
                } else if stripe(x + 16, 30, 2) || stripe(y + 16, 30, 2) {
                    45
                } else {
                    0
                }
            }
            LogoPattern::Tartan => {
                let thread = |at: usize| {
                    u32::from(stripe(at + 8, 50, 16)) * 22 + u32::from(stripe(at + 31, 50, 4)) * 55
                };
                (thread(x) + thread(y)).min(90)
            }
            LogoPattern::Houndstooth => {
                let (column, row) = ((x / 19) % 2, (y / 19) % 2);
                let diagonal = (x + y) % 19 < 9;
                if (column + row == 0) || (column + row == 1 && diagonal) {
                    92
                } else {
                    0
                }
            }
            LogoPattern::Waves => {
                // A triangle wave, so that drawing needs no floating point.
                let rise = (x % 50).abs_diff(25);
                if (30..128).contains(&y) && (y + rise / 2) % 30 < 11 {
                    90
                } else {
                    0
                }
            }
            LogoPattern::Scales => {
                let beam = (44..52).contains(&y) && (26..126).contains(&x);
                let post = (72..80).contains(&x) && (30..122).contains(&y);
                let foot = (114..122).contains(&y) && (52..100).contains(&x);
                let pan =
                    |centre: usize| (82..96).contains(&y) && x.abs_diff(centre) + (y - 82) < 24;
                let cord = |centre: usize| {
                    (52..82).contains(&y) && x.abs_diff(centre).abs_diff((y - 52) * 22 / 30) < 3
                };
                if beam || post || foot || pan(38) || pan(114) || cord(38) || cord(114) {
                    94
                } else {
                    0
                }
            }
            LogoPattern::BrokenWaves => {
                let broken = x > 60 && x < 92 && x.abs_diff(76) + y.abs_diff(76) / 8 < 16;
                if broken {
                    0
                } else {
                    Self::Waves.whiteness(x, y)
                }
            }
            LogoPattern::Calm => {
                let line = (96..104).contains(&y) && (26..126).contains(&x);
                let sun = x.abs_diff(76).pow(2) + y.abs_diff(68).pow(2) < 18 * 18;
                if line || sun { 88 } else { 0 }
            }
            LogoPattern::Barred => {
                let from_centre = x.abs_diff(76).pow(2) + y.abs_diff(76).pow(2);
                let ring = (36 * 36..46 * 46).contains(&from_centre);
                let bar = x.abs_diff(y) < 7 && from_centre < 46 * 46;
                if ring || bar { 90 } else { 0 }
            }
            LogoPattern::Arcs => {
                let from_foot = x.abs_diff(76).pow(2) + y.abs_diff(112).pow(2);
                let arc = |radius: usize| {
                    (radius.pow(2)..(radius + 9).pow(2)).contains(&from_foot) && y <= 112
                };
                if arc(18) || arc(36) || arc(54) { 92 } else { 0 }
            }
            LogoPattern::Lozenge => {
                let from_centre = x.abs_diff(76) + y.abs_diff(76);
                if from_centre < 30 {
                    94
                } else if from_centre < 40 {
                    0
                } else {
                    Self::Tartan.whiteness(x, y)
                }
            }
            LogoPattern::Key => {
                let from_centre = x.abs_diff(50).pow(2) + y.abs_diff(76).pow(2);
                let ring = (14 * 14..26 * 26).contains(&from_centre);
                let shaft = (71..81).contains(&y) && (74..126).contains(&x);
                let teeth =
                    (81..98).contains(&y) && ((100..108).contains(&x) || (116..124).contains(&x));
                if ring || shaft || teeth { 94 } else { 0 }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bank::institutions::INSTITUTIONS;

    #[test]
    fn no_two_logos_look_alike() {
        for (position, one) in INSTITUTIONS.iter().enumerate() {
            for other in &INSTITUTIONS[position + 1..] {
                assert_ne!(one.pattern, other.pattern, "{} {}", one.name, other.name);
                assert_ne!(pixels(one), pixels(other), "{} {}", one.name, other.name);
            }
        }
    }

    #[test]
    fn every_logo_is_a_png_of_plaids_size() {
        for institution in &INSTITUTIONS {
            let file = png(institution).unwrap();
            let decoded = png::Decoder::new(std::io::Cursor::new(file))
                .read_info()
                .unwrap();
            assert_eq!(
                (decoded.info().width, decoded.info().height),
                (152, 152),
                "{}",
                institution.name
            );
        }
    }
}
