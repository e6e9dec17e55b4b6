import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from "@mantine/core";

const desk: MantineColorsTuple = [
  "#ebf5f8",
  "#d6e8ee",
  "#a9d0dc",
  "#7ab8c9",
  "#54a3b9",
  "#3a93ab",
  "#1f7288",
  "#125d72",
  "#0c4b5d",
  "#073946",
];

// Mantine's own dark greys are neutral; these sit with the surfaces below.
const dark: MantineColorsTuple = [
  "#dfe6ec",
  "#b8c4ce",
  "#9caab7",
  "#6f7f8c",
  "#37444f",
  "#2a353e",
  "#141b21",
  "#161e25",
  "#10161b",
  "#0b1014",
];

const closeButtonProps = { "aria-label": "Close" };

// The list itself scrolls, so that keyboards and screen readers treat it as one element.
const list = {
  defaultProps: { withScrollArea: false },
  styles: { options: { maxHeight: 280, overflowY: "auto" as const } },
};

export const theme = createTheme({
  primaryColor: "desk",
  primaryShade: { light: 7, dark: 6 },
  colors: { desk, dark },
  fontFamily: '"Inter Variable", system-ui, sans-serif',
  fontFamilyMonospace: 'ui-monospace, "SF Mono", "DejaVu Sans Mono", Menlo, monospace',
  fontSizes: { xs: "0.75rem", sm: "0.8125rem", md: "0.875rem", lg: "1rem", xl: "1.25rem" },
  defaultRadius: "sm",
  radius: { xs: "3px", sm: "5px", md: "8px", lg: "12px" },
  cursorType: "pointer",
  focusRing: "auto",
  respectReducedMotion: true,
  headings: {
    fontWeight: "620",
    sizes: {
      h1: { fontSize: "1.25rem", lineHeight: "1.35" },
      h2: { fontSize: "1rem", lineHeight: "1.4" },
      h3: { fontSize: "0.875rem", lineHeight: "1.4" },
    },
  },
  components: {
    Button: { defaultProps: { size: "sm" } },
    Modal: {
      defaultProps: {
        centered: true,
        overlayProps: { backgroundOpacity: 0.45 },
        closeButtonProps,
      },
      styles: {
        content: { background: "var(--desk-surface)" },
        header: { background: "var(--desk-surface)" },
        title: {
          fontSize: "1rem",
          fontWeight: 620,
          lineHeight: 1.35,
          overflowWrap: "anywhere",
          minWidth: 0,
        },
      },
    },
    Drawer: { defaultProps: { closeButtonProps } },
    Tooltip: { defaultProps: { withArrow: true, openDelay: 300 } },
    Menu: { defaultProps: { shadow: "md", withInitialFocusPlaceholder: false } },
    Select: list,
    MultiSelect: list,
    Autocomplete: list,
  },
});

export const surfaces: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    "--mantine-color-body": "#f4f6f8",
    "--mantine-color-text": "#17212b",
    "--mantine-color-dimmed": "#536170",
    "--mantine-color-placeholder": "#6b7884",
    "--mantine-color-error": "#b42323",
    "--mantine-color-default-border": "#cdd5dd",
    "--desk-surface": "#ffffff",
    "--desk-raised": "#f8fafb",
    "--desk-line": "#e0e6eb",
    "--desk-hover": "#f1f5f8",
    "--desk-active": "#dcebf0",
    "--desk-active-text": "#0c4b5d",
    "--desk-good": "#11713b",
    "--desk-good-soft": "#e5f5eb",
    "--desk-care": "#8a5200",
    "--desk-care-soft": "#fdf1da",
    "--desk-bad": "#b42323",
    "--desk-bad-soft": "#fdecec",
    "--desk-demo": "#0b6b62",
    "--desk-demo-soft": "#d9f2ee",
    "--desk-sandbox": "#7a4a00",
    "--desk-sandbox-soft": "#fdecc8",
    "--desk-production": "#3b34a8",
    "--desk-production-soft": "#e6e5fb",
  },
  dark: {
    "--mantine-color-body": "#10161b",
    "--mantine-color-text": "#dfe6ec",
    "--mantine-color-dimmed": "#9caab7",
    "--mantine-color-placeholder": "#8494a2",
    "--mantine-color-error": "#ff9a94",
    "--mantine-color-default": "#161e25",
    "--mantine-color-default-hover": "#1e2830",
    "--mantine-color-default-border": "#37444f",
    "--desk-surface": "#182027",
    "--desk-raised": "#1c262e",
    "--desk-line": "#2a353e",
    "--desk-hover": "#1f2a32",
    "--desk-active": "#17353f",
    "--desk-active-text": "#b5dbe6",
    "--desk-good": "#6fd59a",
    "--desk-good-soft": "#143324",
    "--desk-care": "#f2bd5c",
    "--desk-care-soft": "#382a10",
    "--desk-bad": "#ff9a94",
    "--desk-bad-soft": "#3d1c1d",
    "--desk-demo": "#62d8c8",
    "--desk-demo-soft": "#113834",
    "--desk-sandbox": "#f4c05e",
    "--desk-sandbox-soft": "#3a2b0d",
    "--desk-production": "#b3b0ff",
    "--desk-production-soft": "#2a285c",
  },
});
