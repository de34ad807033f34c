import { Component, type ReactNode, Suspense } from "react";
import type { Schemas } from "@/api/client";
import { lazyComponent } from "@/ui/lazyComponent";
import classes from "./Markdown.module.css";
import { replaceMentions } from "./mentions";

const RenderedMarkdown = lazyComponent(() => import("./RenderedMarkdown"), "RenderedMarkdown");

interface Props {
  /** The people whom the message notified, for staff. */
  readonly notified?: readonly Schemas["PersonRefView"][] | undefined;
  readonly children: string;
}

/** Shows the plain text until the renderer is loaded, and instead of what it cannot render. */
export function Markdown({ notified, children }: Props) {
  const plain = (
    <div className={classes.plain} dir="auto">
      {replaceMentions(children)}
    </div>
  );
  return (
    <RenderBoundary key={children} fallback={plain}>
      <Suspense fallback={plain}>
        <RenderedMarkdown notified={notified} plain={plain}>
          {children}
        </RenderedMarkdown>
      </Suspense>
    </RenderBoundary>
  );
}

interface BoundaryProps {
  readonly fallback: ReactNode;
  readonly children: ReactNode;
}

/** Keeps a failure of one message from taking the page. */
class RenderBoundary extends Component<BoundaryProps, { readonly failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError() {
    return { failed: true };
  }

  override render() {
    return this.state.failed ? this.props.fallback : this.props.children;
  }
}
