import { createTheme, type MantineColorsTuple } from "@mantine/core";
import { text } from "../text/text";

const pine: MantineColorsTuple = [
  "#ecf8f4",
  "#d7efe7",
  "#aedfcf",
  "#82cdb5",
  "#5cbc9f",
  "#3fa88a",
  "#259277",
  "#0f7a63",
  "#0b6553",
  "#064a3d",
];

const gray: MantineColorsTuple = [
  "#f8f8f6",
  "#f1f1ee",
  "#e7e7e3",
  "#dbdbd6",
  "#c4c5bf",
  "#a3a59e",
  "#7c7f78",
  "#565a54",
  "#3a3d39",
  "#212421",
];

const dark: MantineColorsTuple = [
  "#e6e8e5",
  "#c3c7c2",
  "#a0a5a0",
  "#7b807b",
  "#464a47",
  "#323633",
  "#262a27",
  "#1b1e1c",
  "#161917",
  "#101211",
];

/** How the application looks: quiet surfaces, one accent, small type with room around it. */
export const theme = createTheme({
  primaryColor: "pine",
  primaryShade: { light: 7, dark: 7 },
  colors: { pine, gray, dark },
  fontFamily: "'Inter Variable', system-ui, sans-serif",
  fontFamilyMonospace: "ui-monospace, 'SF Mono', 'Cascadia Mono', Menlo, 'DejaVu Sans Mono', monospace",
  headings: { fontWeight: "620", fontFamily: "'Inter Variable', system-ui, sans-serif" },
  fontSizes: { xs: "12px", sm: "13px", md: "14px", lg: "16px", xl: "20px" },
  defaultRadius: "md",
  radius: { sm: "5px", md: "7px", lg: "11px" },
  focusRing: "auto",
  respectReducedMotion: true,
  cursorType: "pointer",
  autoContrast: false,
  components: {
    CloseButton: { defaultProps: { "aria-label": text.close } },
    Button: { defaultProps: { size: "sm" } },
    TextInput: { defaultProps: { size: "sm" } },
    PasswordInput: { defaultProps: { size: "sm" } },
    Select: { defaultProps: { size: "sm", allowDeselect: false, comboboxProps: { shadow: "md" } } },
    Tooltip: { defaultProps: { openDelay: 350, withArrow: false } },
    Modal: { defaultProps: { centered: true, overlayProps: { backgroundOpacity: 0.35, blur: 2 } } },
  },
});
