import { lazy, Suspense } from "react";
import { patiently } from "@/shell/patiently";
import type { Listed } from "./UploadRows";

const UploadRows = lazy(async () => ({ default: (await patiently(() => import("./UploadRows"))).UploadRows }));

/** Files that were added. Most messages have none: what shows them is fetched with the first one. */
export function UploadList({ uploads }: { readonly uploads: Listed }) {
  if (uploads.all.length === 0) return null;
  return (
    <Suspense>
      <UploadRows uploads={uploads} />
    </Suspense>
  );
}
