import { Stack } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { useUser } from "@/auth/session/useUser";
import { Answer } from "@/shell/Answer";
import { AttachmentLinks } from "@/tickets/attachments/AttachmentLinks";
import type { Ticket } from "@/tickets/ticket/queries";
import { useOnTheirWay } from "./commands";
import { MessageCard } from "./MessageCard";
import { conversation } from "./queries";

/** Everything that was said, oldest first, and what is on its way. */
export function Conversation({ ticket }: { readonly ticket: Ticket }) {
  const { t } = useTranslation("tickets");
  const user = useUser();
  const messages = useInfiniteQuery(conversation(ticket.id));
  const onTheirWay = useOnTheirWay(ticket.id);
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = messages;

  useEffect(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);

  return (
    <Stack gap="sm" component="section" aria-label={t("conversation")}>
      <MessageCard
        author={ticket.requester.name}
        body={ticket.description}
        at={ticket.created_at}
        own={ticket.requester.id === user.id}
      />
      <Answer of={messages}>
        {({ pages }) =>
          pages
            .flatMap((page) => page.items)
            .map((message) => (
              <MessageCard
                key={message.id}
                author={message.author.name}
                body={message.body}
                visibility={message.visibility}
                channel={message.channel}
                at={message.created_at}
                own={message.author.id === user.id}
                redacted={message.redacted_at !== null}
              >
                <AttachmentLinks attachments={message.attachments} />
              </MessageCard>
            ))
        }
      </Answer>
      <div aria-live="polite">
        {onTheirWay.map(({ key, message, waiting }) => (
          <MessageCard
            key={key}
            author={user.name}
            body={message.body}
            visibility={message.visibility}
            own
            state={waiting ? t("message.waiting") : t("message.sending")}
          />
        ))}
      </div>
    </Stack>
  );
}
