// A certified provider of identities for the test: `node provider.mjs PORT REDIRECT_URI`. Who signs in is who they say.
import Provider from 'oidc-provider';

const [port, redirect] = process.argv.slice(2);
const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [{
    client_id: 'relat',
    client_secret: 'a secret of the test',
    redirect_uris: [redirect],
    grant_types: ['authorization_code'],
    response_types: ['code'],
  }],
  cookies: { keys: ['a key of the test'] },
  pkce: { required: () => true },
});
provider.listen(Number(port), '127.0.0.1', () => console.log('ready'));
