import { Stack } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useEffect, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useCurrentUser } from "@/auth/session/useCurrentUser";
import { AttachmentLinks } from "@/tickets/attachments/AttachmentLinks";
import type { Ticket } from "@/tickets/ticket/queries";
import { QueryResult } from "@/ui/QueryResult";
import { usePendingMessages } from "./commands";
import { MessageCard } from "./MessageCard";
import { conversation, type Message } from "./queries";

const NOBODY: readonly [] = [];

/** All messages, oldest first, and pending ones. */
export function Conversation({ ticket }: { readonly ticket: Ticket }) {
  const { t } = useTranslation("tickets");
  const user = useCurrentUser();
  const messages = useInfiniteQuery(conversation(ticket.id));
  const staff = user.role !== "customer";
  const pending = usePendingMessages(ticket.id);
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = messages;

  useEffect(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);

  return (
    <Stack gap="sm" component="section" aria-label={t("conversation")}>
      <MessageCard
        author={ticket.requester.name}
        body={ticket.description}
        notified={staff ? NOBODY : undefined}
        at={ticket.created_at}
        own={ticket.requester.id === user.id}
      />
      <QueryResult query={messages}>
        {({ pages }) =>
          pages
            .flatMap((page) => page.items)
            .map((message) => <PostedMessage key={message.id} message={message} requester={ticket.requester} />)
        }
      </QueryResult>
      <div aria-live="polite">
        {pending.map(({ key, message, offline }) => (
          <MessageCard
            key={key}
            author={user.name}
            body={message.body}
            staff={staff}
            visibility={message.visibility}
            own
            state={offline ? t("message.waiting") : t("message.sending")}
          />
        ))}
      </div>
    </Stack>
  );
}

interface PostedMessageProps {
  readonly message: Message;
  readonly requester: Ticket["requester"];
}

function PostedMessage({ message, requester }: PostedMessageProps) {
  const user = useCurrentUser();
  const notified = useMemo(
    // The requester is notified of a public reply, mentioned or not.
    () => (message.visibility === "public" ? [...message.mentions, requester] : message.mentions),
    [message, requester],
  );
  return (
    <MessageCard
      author={message.author.name}
      body={message.body}
      notified={user.role === "customer" ? undefined : notified}
      staff={message.from_staff}
      visibility={message.visibility}
      channel={message.channel}
      at={message.created_at}
      own={message.author.id === user.id}
      redacted={message.redacted_at !== null}
    >
      <AttachmentLinks attachments={message.attachments} />
    </MessageCard>
  );
}
