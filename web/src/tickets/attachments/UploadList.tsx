import { Suspense } from "react";
import { lazyComponent } from "@/ui/lazyComponent";
import type { ListedUploads } from "./UploadRows";

const UploadRows = lazyComponent(() => import("./UploadRows"), "UploadRows");

/** Most messages have no files, so the rows are loaded with the first one. */
export function UploadList({ uploads }: { readonly uploads: ListedUploads }) {
  if (uploads.all.length === 0) return null;
  return (
    <Suspense>
      <UploadRows uploads={uploads} />
    </Suspense>
  );
}
