import { Modal, Text } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useSyncExternalStore } from "react";
import { api, body, session } from "../../api/client";
import type { Schemas } from "../../api/types";
import { text } from "../../text/text";
import { meKey } from "./account.query";
import { letGo, tab } from "./held.model";
import { SignInForm } from "./SignInForm";

/**
 * Asks to sign in again over whatever somebody works on. What they entered stays, and requests that found the session
 * ended are sent once they are back.
 */
export function SignInAgain() {
  const state = useSyncExternalStore(session.subscribe, session.get);
  const queries = useQueryClient();
  const before = queries.getQueryData<Schemas["Me"]>(meKey);
  const done = async () => {
    session.set("in");
    const me = await body(api.GET("/api/v1/me"));
    if (before && me.id !== before.id) {
      // Somebody else sits here now: nothing of the one before may stay.
      letGo(tab());
      window.location.assign("/");
      return;
    }
    queries.setQueryData(meKey, me);
    await queries.invalidateQueries();
  };
  return (
    <Modal
      opened={state === "expired"}
      onClose={() => undefined}
      withCloseButton={false}
      closeOnEscape={false}
      closeOnClickOutside={false}
      title={text.account.again}
      zIndex={1000}
    >
      <Text size="sm" c="dimmed" mb="md">
        {text.account.againWhy}
      </Text>
      <SignInForm email={before?.email} onDone={done} />
    </Modal>
  );
}
