import { Alert, Button, Stack, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { api, body } from "../../api/client";
import { text } from "../../text/text";
import { ErrorPanel } from "../../ui/ErrorPanel";
import { meKey, signIn, tokenOfAddress } from "./account.query";
import { Front } from "./Front";
import { NewPassword } from "./NewPassword";

/** The first page of a new instance: whoever holds the link of the first start becomes its administrator. */
export function FirstStart() {
  const [token, setToken] = useState(tokenOfAddress);
  const [name, setName] = useState("");
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const go = useNavigate();
  const queries = useQueryClient();
  const begin = useMutation({
    mutationFn: async () => {
      await body(api.POST("/api/v1/auth/first-start", { body: { token: token.trim(), name, email, password } }));
      await signIn(email, password);
      await queries.invalidateQueries({ queryKey: meKey });
    },
    onSuccess: () => go({ to: "/", replace: true }),
  });
  const [came] = useState(token !== "");
  return (
    <Front title={text.start.title} lead={text.start.lead}>
      <form
        onSubmit={(e) => {
          e.preventDefault();
          begin.mutate();
        }}
      >
        <Stack gap="sm">
          <ErrorPanel error={begin.error} />
          {!came && (
            <>
              <Alert>{text.start.noToken}</Alert>
              <TextInput
                label={text.start.token}
                value={token}
                onChange={(e) => setToken(e.currentTarget.value)}
                required
                withAsterisk={false}
              />
            </>
          )}
          <TextInput
            label={text.account.name}
            name="name"
            autoComplete="name"
            required
            withAsterisk={false}
            maxLength={100}
            value={name}
            onChange={(e) => setName(e.currentTarget.value)}
          />
          <TextInput
            label={text.account.email}
            type="email"
            name="email"
            autoComplete="username"
            required
            withAsterisk={false}
            value={email}
            onChange={(e) => setEmail(e.currentTarget.value)}
          />
          <NewPassword value={password} onChange={setPassword} label={text.account.password} />
          <Button type="submit" loading={begin.isPending}>
            {text.start.go}
          </Button>
        </Stack>
      </form>
    </Front>
  );
}
