// Small clients of the API in JSON, for the texts about this door; the tests run them.
import { inPhp, inPython } from './example.ts'
import type { Site } from './site.ts'

/** A client in Python, with its standard library only. */
export function pythonClient({ url }: Pick<Site, 'url'>): string {
  return `import json
from urllib.error import HTTPError
from urllib.request import Request, urlopen

class Refused(Exception):
    pass

def helpdesk(method, **params):
    login = {"user": "susan", "password": "PASSWORD"}
    data = json.dumps({**login, **params}).encode()
    url = ${inPython(`${url}/api/`)} + method + "/"
    try:
        with urlopen(Request(url, data, {"Content-Type": "application/json"})) as response:
            return json.load(response)
    except HTTPError as error:
        raise Refused(json.load(error)["detail"]) from None

ticket = helpdesk("create_ticket", queue="support", title="It is on fire")["ticket"]
print(helpdesk("add_followup", ticket=ticket, message="It is out.", public=True)["says"])`
}

/** The same in PHP. */
export function phpClient({ url }: Pick<Site, 'url'>): string {
  return `<?php
function helpdesk(string $method, array $params = []): array
{
    $login = ['user' => 'susan', 'password' => 'PASSWORD'];
    $options = [
        'method' => 'POST',
        'header' => 'Content-Type: application/json',
        'content' => json_encode($login + $params, JSON_THROW_ON_ERROR),
        'ignore_errors' => true,
    ];
    $url = ${inPhp(`${url}/api/`)} . $method . '/';
    $body = file_get_contents($url, false, stream_context_create(['http' => $options]));
    $result = json_decode($body, true, 512, JSON_THROW_ON_ERROR);
    if (!isset($result['says'])) throw new Exception($result['detail'], $result['status']);
    return $result;
}

$ticket = helpdesk('create_ticket', ['queue' => 'support', 'title' => 'It is on fire'])['ticket'];
$answer = ['ticket' => $ticket, 'message' => 'It is out.', 'public' => true];
echo helpdesk('add_followup', $answer)['says'];`
}
