import {
  createTheme,
  type CSSVariablesResolver,
  defaultVariantColorsResolver,
  type MantineColorsTuple,
} from "@mantine/core";

/** Shade 6 has enough contrast for white text, shade 4 for dark pages. */
const lake: MantineColorsTuple = [
  "#eaf6f7",
  "#d3e9ec",
  "#a5d2d8",
  "#74bac3",
  "#4ea6b1",
  "#2d8f9c",
  "#17717d",
  "#125c66",
  "#0e4a52",
  "#0a363c",
];

export const theme = createTheme({
  colors: { lake },
  primaryColor: "lake",
  primaryShade: { light: 6, dark: 4 },
  autoContrast: true,
  luminanceThreshold: 0.3,
  // Mantine computes the text color for the light shade only; the dark shade needs black text.
  variantColorResolver: (input) => {
    // The red of the primary shade lacks contrast for white text.
    if (input.variant === "filled" && input.color === "red")
      return defaultVariantColorsResolver({ ...input, color: "red.9" });
    const colors = defaultVariantColorsResolver(input);
    if (input.variant !== "filled" || (input.color ?? "lake") !== "lake") return colors;
    return { ...colors, color: "var(--mantine-primary-color-contrast)" };
  },
  defaultRadius: "md",
  cursorType: "pointer",
  respectReducedMotion: true,
  fontFamily: "Inter, system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif",
  fontFamilyMonospace: "ui-monospace, SFMono-Regular, Menlo, Consolas, monospace",
  headings: { fontWeight: "650" },
  components: {
    // A dialog header is not a banner of the page.
    Modal: { defaultProps: { attributes: { header: { role: "presentation" } } } },
    Drawer: { defaultProps: { attributes: { header: { role: "presentation" } } } },
    // The lighter colors lack contrast for small letters.
    Avatar: { defaultProps: { allowedInitialsColors: ["blue", "violet", "grape", "indigo"] } },
    // Keeps labels whole in tight rows.
    Button: { styles: { root: { flexShrink: 0 } } },
    Badge: { styles: { root: { minWidth: "max-content" }, label: { textTransform: "none" } } },
  },
});

/** Mantine's greys, reds and yellows lack contrast for small text (WCAG 2.2, 1.4.3). */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    "--mantine-color-dimmed": "var(--mantine-color-gray-7)",
    "--mantine-color-placeholder": "var(--mantine-color-gray-6)",
    "--mantine-color-error": "var(--mantine-color-red-9)",
    "--mantine-color-anchor": "var(--mantine-color-lake-7)",
    "--mantine-color-yellow-light-color": "#7a4100",
    "--desk-note": "var(--mantine-color-yellow-0)",
    "--desk-note-border": "var(--mantine-color-yellow-4)",
    "--desk-background": "var(--mantine-color-gray-0)",
    "--desk-border": "var(--mantine-color-gray-3)",
  },
  dark: {
    "--mantine-color-dimmed": "var(--mantine-color-dark-1)",
    "--mantine-color-placeholder": "var(--mantine-color-dark-2)",
    "--mantine-color-error": "var(--mantine-color-red-4)",
    "--mantine-color-anchor": "var(--mantine-color-lake-3)",
    "--desk-note": "#2f2a16",
    "--desk-note-border": "#7d6a1f",
    "--desk-background": "var(--mantine-color-dark-8)",
    "--desk-border": "var(--mantine-color-dark-4)",
  },
});
