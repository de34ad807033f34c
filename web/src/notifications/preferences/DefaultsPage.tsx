import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Page } from "@/ui/Page";
import { QueryResult } from "@/ui/QueryResult";
import { SegmentedControl } from "@/ui/SegmentedControl";
import { PreferenceTable } from "./PreferenceTable";
import { preferenceDefaults, SEGMENTS, type Segment } from "./queries";

/** What people are notified of who have not chosen themselves. */
export function DefaultsPage() {
  const { t } = useTranslation(["admin", "notifications"]);
  const [segment, setSegment] = useState<Segment>("customers");
  return (
    <Page title={t("notificationDefaults.title")} lead={t("notificationDefaults.lead")} size="lg">
      <SegmentedControl
        aria-label={t("notificationDefaults.segment")}
        value={segment}
        onChange={setSegment}
        data={SEGMENTS.map((value) => ({ value, label: t(`notificationDefaults.${value}`) }))}
      />
      <Defaults key={segment} segment={segment} />
    </Page>
  );
}

function Defaults({ segment }: { readonly segment: Segment }) {
  const query = useQuery(preferenceDefaults(segment));
  return <QueryResult query={query}>{({ items }) => <PreferenceTable items={items} segment={segment} />}</QueryResult>;
}
