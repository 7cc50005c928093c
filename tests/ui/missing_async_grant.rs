//! A builder of a module with async calls that was not given a host for an effect does not build, and says how to grant it.

vera_runtime::vera! {
    async,

    module crawler;

    effect Web {
      op link(String -> String);
    }

    public fn page(@String -> @String)
      requires(true)
      ensures(true)
      effects(<Web, Http>)
    {
      match Http.get(Web.link(@String.0)) {
        Ok(@String) -> @String.0,
        Err(@String) -> @String.0
      }
    }
}

struct Client;

impl vera_runtime::host::AsyncHttp for Client {
    async fn get(&mut self, url: &str) -> Result<String, String> {
        Ok(url.to_owned())
    }

    async fn post(&mut self, url: &str, _body: &str) -> Result<String, String> {
        Ok(url.to_owned())
    }
}

struct Browser;

#[vera_runtime::vera_host]
impl crawler::AsyncWeb for Browser {
    async fn link(&mut self, name: &str) -> String {
        name.to_owned()
    }
}

fn main() {
    let _ = crawler::AsyncModule::builder().web(Browser).build();
    let _ = crawler::AsyncModule::builder().http_awaited(Client).build();
    let _ = crawler::AsyncModule::builder().http(Client);
    let _ = crawler::AsyncModule::builder().web_blocking(Browser);
}
