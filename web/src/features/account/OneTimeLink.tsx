import { Alert, Button, Loader, Stack } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { api, body } from "../../api/client";
import { text } from "../../text/text";
import { ErrorPanel } from "../../ui/ErrorPanel";
import { meKey, signIn, tokenOfAddress } from "./account.query";
import { Front } from "./Front";
import { NewPassword } from "./NewPassword";

/** The page of an invitation, or of a link to set a new password. */
export function OneTimeLink() {
  const [token] = useState(tokenOfAddress);
  const [password, setPassword] = useState("");
  const go = useNavigate();
  const queries = useQueryClient();
  const look = useQuery({
    queryKey: ["link"],
    queryFn: () => body(api.POST("/api/v1/auth/links/look", { body: { token } })),
    enabled: token !== "",
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });
  const accept = useMutation({
    mutationFn: async () => {
      const account = await body(api.POST("/api/v1/auth/links/accept", { body: { token, password } }));
      return signIn(account.email, password);
    },
    onSuccess: async (r) => {
      await queries.invalidateQueries({ queryKey: meKey });
      await go({ to: r.signed_in ? "/" : "/sign-in", replace: true });
    },
  });
  if (!token) {
    return (
      <Front title={text.link.title}>
        <Alert mb="md">{text.link.none}</Alert>
        <Button component={Link} to="/sign-in" variant="default">
          {text.account.signIn}
        </Button>
      </Front>
    );
  }
  const kind = look.data?.kind === "reset" ? "reset" : "invitation";
  return (
    <Front
      title={look.data ? text.link.titles[kind] : text.link.title}
      lead={look.data ? text.link.leads[kind](look.data.name, look.data.email) : undefined}
    >
      {look.isPending && <Loader size="sm" aria-label={text.loading} />}
      <ErrorPanel error={look.error} />
      {look.data && (
        <form
          onSubmit={(e) => {
            e.preventDefault();
            accept.mutate();
          }}
        >
          <Stack gap="sm">
            <ErrorPanel error={accept.error} />
            <input type="hidden" name="email" autoComplete="username" value={look.data.email} readOnly />
            <NewPassword value={password} onChange={setPassword} />
            <Button type="submit" loading={accept.isPending}>
              {text.link.go}
            </Button>
          </Stack>
        </form>
      )}
    </Front>
  );
}
