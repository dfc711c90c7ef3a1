import { Center, Loader } from "@mantine/core";
import { Outlet, useNavigate } from "@tanstack/react-router";
import { useEffect } from "react";
import { useMe } from "../features/account/account.query";
import { text } from "../text/text";
import { ErrorPanel } from "../ui/ErrorPanel";
import { Outage } from "./Outage";

/** Lets those pass who are signed in; others sign in first and come back to where they wanted to go. */
export function Gate() {
  const me = useMe();
  const go = useNavigate();
  const out = !me.data && me.error?.status === 401;
  useEffect(() => {
    if (!out) return;
    // The address as it is now, not as it becomes while the next page loads.
    const { pathname, search } = window.location;
    const to = pathname + search;
    void go({ to: "/sign-in", search: to === "/" ? {} : { to }, replace: true });
  }, [out, go]);
  if (me.data) return <Outlet />;
  return (
    <>
      <Outage />
      <Center h="90dvh" p="md">
        {me.isPending || out ? (
          <Loader size="sm" aria-label={text.loading} />
        ) : (
          <ErrorPanel error={me.error} retry={() => me.refetch()} />
        )}
      </Center>
    </>
  );
}
