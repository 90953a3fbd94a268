//! Networks of advertising, by their hosts: what a page loads from one of them, or links to there, is
//! commercial advertising until a person says otherwise. Only hosts that serve nothing else stand here.

/// Hosts that serve advertisements, with all below them.
const NETWORKS: [&str; 10] = [
    "cpro.baidu.com",
    "pos.baidu.com",
    "union.baidu.com",
    "cpro.baidustatic.com",
    "alimama.com",
    "tanx.com",
    "mediav.com",
    "doubleclick.net",
    "googlesyndication.com",
    "googleadservices.com",
];

/// Whether `host` belongs to a network of advertising.
pub fn is_network(host: &str) -> bool {
    NETWORKS.iter().any(|network| {
        let above = host.strip_suffix(network);
        above.is_some_and(|above| above.is_empty() || above.ends_with('.'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_is_told_by_its_whole_name() {
        for host in [
            "pos.baidu.com",
            "tanx.com",
            "a.tanx.com",
            "x.g.doubleclick.net",
        ] {
            assert!(is_network(host), "{host}");
        }
        for host in [
            "www.baidu.com",
            "nottanx.com",
            "tanx.com.example.cn",
            "tongji.baidu.com",
        ] {
            assert!(!is_network(host), "{host}");
        }
    }
}
