import { renderSVG } from "uqr";
import { useMemo } from "react";

interface Props {
  readonly text: string;
  readonly label: string;
}

/** A QR code, dark on light in both themes: cameras do not read it otherwise. */
export function QrCode({ text, label }: Props) {
  const source = useMemo(() => `data:image/svg+xml,${encodeURIComponent(renderSVG(text, { border: 2 }))}`, [text]);
  return <img src={source} alt={label} width={200} height={200} />;
}
