import { useMemo } from "react";
import { renderSVG } from "uqr";

interface Props {
  readonly text: string;
  readonly label: string;
}

/** Dark on light in both themes, because many cameras cannot read inverted codes. */
export function QrCode({ text, label }: Props) {
  const source = useMemo(() => `data:image/svg+xml,${encodeURIComponent(renderSVG(text, { border: 2 }))}`, [text]);
  return <img src={source} alt={label} width={200} height={200} />;
}
