//! What a page bears besides its content: tags for machines in its head, marks for people at its
//! foot. Source of both lists: 国办发〔2017〕47号, as far as `docs` say that they were seen in a text.

use serde::{Deserialize, Serialize};

/// Makes a set of named things that is kept as one number.
macro_rules! set {
    ($(#[$doc:meta])* $one:ident, $(#[$docs:meta])* $many:ident {
        $($(#[$each:meta])* $name:ident $word:literal,)*
    }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum $one { $($(#[$each])* $name,)* }

        impl $one {
            /// Every one, in the order of the reports. The order is written to disk; new ones go
            /// to the end.
            pub const ALL: &[$one] = &[$($one::$name),*];

            /// The word of a report.
            pub fn word(self) -> &'static str {
                match self { $($one::$name => $word,)* }
            }
        }

        $(#[$docs])*
        #[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub struct $many(u16);

        impl $many {
            /// Adds one.
            pub fn add(&mut self, one: $one) {
                self.0 |= 1 << one as u16;
            }

            /// Adds those of another set.
            pub fn join(&mut self, other: $many) {
                self.0 |= other.0;
            }

            /// Whether it holds one.
            pub fn has(self, one: $one) -> bool {
                self.0 & (1 << one as u16) != 0
            }

            /// Those of `wanted` that it does not hold.
            pub fn lacks(self, wanted: &[$one]) -> Vec<$one> {
                wanted.iter().copied().filter(|&one| !self.has(one)).collect()
            }
        }
    };
}

set!(
    /// A tag (页面标签): a `meta` with a name and a content that is not empty.
    Tag,
    /// Some tags.
    Tags {
        /// The site's name.
        SiteName "SiteName",
        /// Its domain.
        SiteDomain "SiteDomain",
        /// Its identification code (网站标识码).
        SiteIdCode "SiteIDCode",
        /// The column's name.
        ColumnName "ColumnName",
        /// What the column is about.
        ColumnDescription "ColumnDescription",
        /// Its keywords.
        ColumnKeywords "ColumnKeywords",
        /// Its type.
        ColumnType "ColumnType",
        /// The article's title.
        ArticleTitle "ArticleTitle",
        /// When it was published.
        PubDate "PubDate",
        /// Where it comes from.
        ContentSource "ContentSource",
    }
);

set!(
    /// A mark at the foot of a page.
    Mark,
    /// Some marks.
    Marks {
        /// 网站标识码
        SiteCode "网站标识码",
        /// ICP备案编号
        Icp "ICP备案编号",
        /// 公安机关备案标识
        Police "公安机关备案标识",
        /// 党政机关网站标识
        Conac "党政机关网站标识",
        /// 我为政府网站找错
        Mistakes "“我为政府网站找错”入口",
        /// 主办单位
        Sponsor "网站主办单位",
        /// 联系方式
        Contact "联系方式",
        /// 网站地图
        SiteMap "网站地图",
    }
);

/// What one page bears.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageMarks {
    /// The tags in its head.
    pub tags: Tags,
    /// The marks on it.
    pub marks: Marks,
    /// The content of `PubDate` where it has not the prescribed form, at most 40 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub date_amiss: Option<String>,
    /// The identification code in the tag, or else at the foot, as written, at most 20 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
}
